// The whole way by keys alone, as for somebody who cannot hold a mouse.
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect } from 'vitest';
import { ANNA, Api } from '../support/api';
import { furnish } from '../support/furnish';
import { houseOfFile, scene } from '../support/stage';
import { drawnTiles, eventually, seePicture, tile, tiles } from '../support/visits';

const house = houseOfFile();
beforeAll(async () => {
  await furnish(await Api.register(house().url, ANNA, { locale: 'en' }), 'en');
});

const hasFocus = (target: Locator) => target.evaluateAll((all) => all.some((each) => each === document.activeElement));

/** Tab by Tab until the focus is there; a reader of the page gives up after some. */
async function tabTo(page: Page, target: Locator, most = 12): Promise<void> {
  for (let press = 0; press < most; press++) {
    await page.keyboard.press('Tab');
    if (await hasFocus(target)) return;
  }
  expect(await hasFocus(target), `${most} times Tab do not lead to ${String(target)}`).toBe(true);
}

const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.memory ?? '');

/** Pictures in the order in which they are read. */
const order = (page: Page) =>
  tiles(page).evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.memory!));

scene('Signs in, walks, chooses, opens, goes on and comes back, without a mouse', house, async (stage) => {
  const { page, t } = await stage.sitDown('/');
  await page.getByRole('heading', { level: 1, name: t('accounts.signIn.title') }).waitFor();
  await tabTo(page, page.getByLabel(t('accounts.fields.email')));
  await page.keyboard.type(ANNA.email);
  await page.keyboard.press('Tab');
  expect(await hasFocus(page.getByLabel(t('accounts.fields.password')))).toBe(true);
  await page.keyboard.type(ANNA.password);
  await page.keyboard.press('Enter');
  await eventually(async () => (await drawnTiles(page)).length).toBeGreaterThan(2);

  // The first thing on the page leads past all that is the same on each page.
  await page.reload();
  await eventually(async () => (await drawnTiles(page)).length).toBeGreaterThan(2);
  await page.keyboard.press('Tab');
  expect(await hasFocus(page.getByRole('link', { name: t('app.skip') }))).toBe(true);
  await page.keyboard.press('Enter');
  expect(await hasFocus(page.getByRole('main'))).toBe(true);

  const all = await order(page);
  await tabTo(page, tiles(page));
  const first = await focused(page);
  expect(first).toBe(all[0]);
  await page.keyboard.press('ArrowRight');
  await eventually(() => focused(page)).toBe(all[1]);
  await page.keyboard.press('ArrowLeft');
  await eventually(() => focused(page)).toBe(first);
  // Down and up again is where one was; the last one is the last one.
  await page.keyboard.press('ArrowDown');
  await eventually(() => focused(page)).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  await eventually(() => focused(page)).toBe(first);
  await page.keyboard.press('Control+End');
  await eventually(async () => (await order(page)).at(-1) === (await focused(page))).toBe(true);
  await page.keyboard.press('Control+Home');
  await eventually(() => focused(page)).toBe(first);

  // Space chooses, Shift stretches, Escape lets go.
  const acts = page.getByRole('region', { name: t('timeline.acts.label') });
  await page.keyboard.press(' ');
  await acts.getByText(t('timeline.acts.chosen', { count: 1 })).waitFor();
  await page.keyboard.press('Shift+ArrowRight');
  await acts.getByText(t('timeline.acts.chosen', { count: 2 })).waitFor();
  await page.keyboard.press('Escape');
  await acts.waitFor({ state: 'detached' });

  await eventually(() => focused(page)).toBe(all[1]);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/memories/${all[1]}`);
  await seePicture(page);
  await page.getByRole('button', { name: t('viewer.next') }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(`**/memories/${all[2]}`);
  await page.getByRole('article', { name: t('viewer.back') }).waitFor();

  // Writing is no command: an arrow in a field moves in the field.
  const write = page.getByRole('button', { name: t('viewer.words.write') });
  const change = page.getByRole('button', { name: t('viewer.words.change') });
  await tabTo(page, write.or(change), 40);
  await page.keyboard.press('Enter');
  const title = page.getByLabel(t('viewer.words.title'), { exact: true });
  await eventually(() => hasFocus(title)).toBe(true);
  await page.keyboard.type('Said by keys');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name: 'Said by keys' }).waitFor();
  expect(page.url()).toContain(all[2]);

  // Closing leads back to the timeline, and the focus to the picture that was looked at last.
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => url.pathname === '/');
  await eventually(() => focused(page)).toBe(all[2]);
  expect(await tile(page, all[2]!).getAttribute('aria-label')).toBe('Said by keys');
});
