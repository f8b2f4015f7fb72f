// What people do again and again, by the names that they see or hear.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Account } from './api';
import type { Person, Seat, Stage } from './stage';

/** Waits as long as a page may take; the message is the last value that was seen. */
export const eventually = <T>(look: () => T | Promise<T>, timeout = 20_000) =>
  expect.poll(look, { timeout, interval: 50 });

/** The first start: makes the account, and the home if it has a name. */
export async function openTheHouse({ page, t }: Person, account: Account, house = ''): Promise<void> {
  await page.getByRole('heading', { level: 1, name: t('accounts.welcome.title') }).waitFor();
  if (house) await page.getByLabel(t('accounts.welcome.house')).fill(house);
  await page.getByLabel(t('accounts.fields.yourName')).fill(account.name);
  await page.getByLabel(t('accounts.fields.email')).fill(account.email);
  await page.getByLabel(t('accounts.fields.password')).fill(account.password);
  await page.getByRole('button', { name: t('accounts.welcome.open') }).click();
  if (house) await page.getByRole('link', { name: t('accounts.family.go') }).click();
}

export async function signIn({ page, t }: Person, account: Account): Promise<void> {
  await page.getByRole('heading', { level: 1, name: t('accounts.signIn.title') }).waitFor();
  await page.getByLabel(t('accounts.fields.email')).fill(account.email);
  await page.getByLabel(t('accounts.fields.password')).fill(account.password);
  await page.getByRole('button', { name: t('accounts.signIn.enter') }).click();
  // The entry has a banner of its own, which goes; the one of the house comes, in the language of the account.
  await page.locator('.hello-top').waitFor({ state: 'detached' });
  await page.getByRole('banner').waitFor();
}

/** Somebody at a browser of their own, signed in. Their account has to have the language of the seat. */
export async function comeHome(stage: Stage, account: Account, seat: Seat = {}, path = '/'): Promise<Person> {
  const person = await stage.sitDown(path, seat);
  await signIn(person, account);
  return person;
}

export async function accountMenu({ page, t }: Person, account: Account, item: string): Promise<void> {
  await page.getByRole('button', { name: t('app.account.open', { name: account.name }) }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

export async function signOut(person: Person, account: Account): Promise<void> {
  await accountMenu(person, account, person.t('app.account.signOut'));
  await person.page.getByRole('heading', { level: 1, name: person.t('accounts.signIn.title') }).waitFor();
}

/** A room of the house, by its contents above or its tab below. */
export async function goTo(
  { page, t }: Person,
  room: 'app.nav.timeline' | 'collections.title' | 'trash.title',
): Promise<void> {
  const sections = page.getByRole('navigation', { name: t('app.sections') });
  await sections.getByRole('link', { name: t(room), exact: true }).click();
}

/** Pictures of the timeline that stand on the page now. */
export const tiles = (page: Page): Locator => page.locator('a.open[data-memory]');
export const tile = (page: Page, id: string): Locator => page.locator(`a.open[data-memory="${id}"]`);

/** Ids of the pictures that have really been drawn, and not just announced. */
export function drawnTiles(page: Page): Promise<string[]> {
  return tiles(page).evaluateAll((links) =>
    links
      .filter((link) => {
        const image = link.querySelector('img');
        return image !== null && image.complete && image.naturalWidth > 0;
      })
      .map((link) => (link as HTMLElement).dataset.memory ?? ''),
  );
}

/** Scrolls as a reader does until that picture stands on the page: the timeline draws only what is near. */
export async function find(page: Page, id: string): Promise<Locator> {
  const wanted = tile(page, id);
  await page.evaluate(() => scrollTo(0, 0));
  await eventually(async () => {
    // What is drawn changes with scrolling, so nothing is held between finding it and bringing it into sight.
    const found = await wanted.evaluateAll((all) => {
      all[0]?.scrollIntoView({ block: 'center' });
      return all.length > 0;
    });
    if (!found) await page.evaluate(() => scrollBy(0, innerHeight / 2));
    return found;
  }).toBe(true);
  return wanted;
}

export async function openMemory({ page, t }: Person, id: string): Promise<void> {
  // A timeline that still grows may draw itself anew between the finding and the click: then it is looked for again.
  await eventually(async () => {
    const found = await find(page, id);
    return found.click({ timeout: 2000 }).then(
      () => true,
      () => page.url().endsWith(`/memories/${id}`),
    );
  }, 60_000).toBe(true);
  await page.waitForURL(`**/memories/${id}`);
  await page.getByRole('article', { name: t('viewer.back') }).waitFor();
}

/** Id of the memory that came from a file of this name. */
export async function idOf(page: Page, fileName: string): Promise<string> {
  const find = () =>
    page.evaluate(async (name) => {
      const answer = await fetch('/api/v1/memories?limit=200');
      const { items } = (await answer.json()) as { items: { id: string; media: { fileName: string }[] }[] };
      return items.find((memory) => memory.media.some((file) => file.fileName === name))?.id ?? '';
    }, fileName);
  await eventually(find).not.toBe('');
  return find();
}

/** The panel of the uploads, and one file in it. */
export const uploadPanel = (page: Page): Locator => page.locator('section[aria-labelledby="uploads-title"]');
export const uploadRow = (page: Page, fileName: string): Locator =>
  uploadPanel(page).getByRole('listitem').filter({ hasText: fileName });

export const toast = ({ page, t }: Person, text: string | RegExp): Locator =>
  page.getByRole('region', { name: t('common.toasts') }).getByText(text);

/** The picture of the viewer, once it has really come. */
export async function seePicture(page: Page): Promise<void> {
  const picture = page.locator('.stage img');
  await eventually(() =>
    picture.evaluateAll((images) => images.some((image) => (image as HTMLImageElement).naturalWidth > 0)),
  ).toBe(true);
}
