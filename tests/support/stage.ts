// A test with people in front of browsers. Whatever a test is about, no page may write an error, break its content
// policy, throw, or speak to another host; a test that fails prints what its pages said and leaves pictures of them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { House } from './house';
import { artifacts } from './paths';
import { wordsOf, type AppLocale, type Translate } from './words';

export const PHONE = { width: 360, height: 780 };
export const WIDE = { width: 1280, height: 800 };

export interface Seat {
  locale?: AppLocale;
  size?: { width: number; height: number };
  dark?: boolean;
  calm?: boolean;
  /** Cookies and storage of a browser that was here before. */
  storage?: Awaited<ReturnType<BrowserContext['storageState']>>;
}

/** Somebody at a browser: the page, and its words in their language. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly t: Translate;
  readonly locale: AppLocale;
  readonly isPhone: boolean;
  /** What the page wrote and did that it should not have. */
  readonly complaints: string[];
  /** What a test provokes on purpose, as a network that is taken away, and what is therefore no complaint. */
  readonly provoked: RegExp[];
}

let browser: Browser;
beforeAll(async () => {
  const { browserProgram } = await import('./paths');
  browser = await chromium.launch({
    executablePath: browserProgram,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
});
afterAll(() => browser?.close());

export class Stage {
  readonly people: Person[] = [];
  private readonly said: string[] = [];

  constructor(private readonly house: House) {}

  get url(): string {
    return this.house.url;
  }

  /** A browser that nobody has used yet, with the page of the house open in it. */
  async sitDown(
    path = '/',
    { locale = 'en', size = WIDE, dark = false, calm = true, storage }: Seat = {},
  ): Promise<Person> {
    const context = await browser.newContext({
      baseURL: this.house.url,
      locale: locale === 'ru' ? 'ru-RU' : 'en-GB',
      timezoneId: 'Europe/Moscow',
      viewport: size,
      hasTouch: size.width < 700,
      isMobile: size.width < 700,
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: calm ? 'reduce' : 'no-preference',
      storageState: storage,
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const person: Person = {
      page,
      context,
      t: wordsOf(locale),
      locale,
      isPhone: size.width < 700,
      complaints: [],
      provoked: [],
    };
    this.people.push(person);
    this.listen(person);
    this.listenToPage(person);
    await page.goto(path);
    return person;
  }

  /** The page is gone, as when a browser dies; the same person opens it anew, in the same browser. */
  async reopen(person: Person, path = '/'): Promise<Person> {
    await person.page.close();
    const page = await person.context.newPage();
    const again: Person = { ...person, page };
    this.people[this.people.indexOf(person)] = again;
    this.listenToPage(again);
    await page.goto(path);
    return again;
  }

  async standUp(person: Person): Promise<void> {
    await person.context.close();
    this.people.splice(this.people.indexOf(person), 1);
    expect(person.complaints).toEqual([]);
  }

  private complain({ complaints, provoked }: Person, text: string): void {
    if (!provoked.some((pattern) => pattern.test(text))) complaints.push(text);
  }

  private listenToPage(person: Person): void {
    const { page } = person;
    const origin = new URL(this.house.url).host;
    page.on('console', (message: ConsoleMessage) => {
      this.said.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      if (message.type() === 'error' || message.type() === 'warning')
        this.complain(person, `${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.complain(person, `thrown: ${error.stack ?? error.message}`));
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== origin) this.complain(person, `asked another host: ${socket.url()}`);
    });
  }

  private listen(person: Person): void {
    const { context } = person;
    const origin = new URL(this.house.url).host;
    context.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol) && host !== origin)
        this.complain(person, `asked another host: ${request.url()}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 500)
        this.complain(person, `${response.status()} for ${response.request().method()} ${response.url()}`);
    });
  }

  async tellWhatHappened(name: string): Promise<void> {
    const folder = join(artifacts, 'failures');
    mkdirSync(folder, { recursive: true });
    console.log([`The pages of “${name}” said:`, ...this.said.slice(-60)].join('\n  '));
    console.log(`The server said last:\n${this.house.lastWords}`);
    for (const [index, { page }] of this.people.entries()) {
      const file = join(folder, `${name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 90)}-${index + 1}.png`);
      await page.screenshot({ path: file, timeout: 5000 }).then(
        () => console.log(`Page ${index + 1} (${page.url()}): ${file}`),
        () => undefined,
      );
    }
  }

  async leave(): Promise<void> {
    for (const { context } of this.people) await context.close().catch(() => undefined);
  }
}

/** A test in front of a started house: `scene('Says …', () => house, async (stage) => { … })`. */
export function scene(name: string, house: () => House, play: (stage: Stage) => Promise<void>, timeout?: number): void {
  it(
    name,
    async () => {
      const stage = new Stage(house());
      // One hook and not two: what happens only after a failure would come when the pages are closed already.
      onTestFinished(async ({ task }) => {
        if (task.result?.state === 'fail') await stage.tellWhatHappened(name);
        await stage.leave();
      });
      await play(stage);
      for (const { complaints } of stage.people) expect(complaints).toEqual([]);
    },
    timeout,
  );
}

/** One house for all tests of a file. */
export function houseOfFile(): () => House {
  let house: House | undefined;
  beforeAll(async () => {
    house = await House.open();
  });
  afterAll(() => house?.close());
  return () => {
    if (!house) throw new Error('The house does not stand yet.');
    return house;
  };
}
