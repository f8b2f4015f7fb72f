// The product's main job, as a person does it: from the first start to the next day.
import { describe as sayDate } from '@memoryverse/dates';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { ANNA, sha256Of } from '../support/api';
import { dropOnPage } from '../support/drop';
import { holdUpload } from '../support/gate';
import { House } from '../support/house';
import { ALL, familyFolder, fixture, OLD_PRINT, WINTER } from '../support/pictures';
import { PHONE, scene, WIDE, type Person } from '../support/stage';
import {
  drawnTiles,
  eventually,
  goTo,
  idOf,
  openMemory,
  openTheHouse,
  seePicture,
  signIn,
  signOut,
  tiles,
  uploadPanel,
} from '../support/visits';

const WORDS = {
  ru: { house: 'Соколовы', title: 'Двор на Садовой', date: 'около 1935', album: 'До войны' },
  en: { house: 'The Sokolovs', title: 'The yard in Garden Street', date: 'about 1935', album: 'Before the war' },
} as const;

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(() => house.close());

/** Says on the back of the picture what it is, when it was, and puts it into a new album. */
async function writeOnTheBack({ page, t, locale }: Person): Promise<void> {
  const words = WORDS[locale];
  await page.getByRole('button', { name: t('viewer.words.write') }).click();
  await page.getByLabel(t('viewer.words.title'), { exact: true }).fill(words.title);
  await page.getByRole('button', { name: t('viewer.save') }).click();
  await page.getByRole('heading', { level: 2, name: words.title }).waitFor();

  await page.getByRole('button', { name: t('viewer.when.say') }).click();
  const when = page.getByRole('textbox', { name: t('viewer.when.title') });
  await when.fill('гм, hm');
  await page.getByText(t('viewer.when.refused.not-understood')).waitFor();
  await when.fill(words.date);
  await page.getByText(t('viewer.when.understood', { date: sayDate('1935~', locale) })).waitFor();
  await page.getByRole('button', { name: t('viewer.save') }).click();
  await page
    .getByRole('region', { name: t('viewer.when.title') })
    .getByText(sayDate('1935~', locale), { exact: true })
    .waitFor();

  await page.getByRole('button', { name: t('viewer.collections.add') }).click();
  const dialog = page.getByRole('dialog', { name: t('collections.pick', { count: 1 }) });
  await dialog.getByLabel(t('collections.pickNew')).fill(words.album);
  await dialog.getByRole('button', { name: t('collections.pickMake') }).click();
  await page
    .getByRole('region', { name: t('viewer.collections.title') })
    .getByRole('link', { name: words.album })
    .waitFor();
}

/** What was said stands on the back, and the picture is there to be seen. */
async function readTheBack({ page, t, locale }: Person): Promise<void> {
  const words = WORDS[locale];
  await page.getByRole('heading', { level: 2, name: words.title }).waitFor();
  await page
    .getByRole('region', { name: t('viewer.when.title') })
    .getByText(sayDate('1935~', locale), { exact: true })
    .waitFor();
  await page
    .getByRole('region', { name: t('viewer.collections.title') })
    .getByRole('link', { name: words.album })
    .waitFor();
  await seePicture(page);
}

describe.each([
  { locale: 'ru', size: PHONE, dark: false, calm: true },
  { locale: 'ru', size: WIDE, dark: false, calm: false },
  { locale: 'en', size: PHONE, dark: true, calm: false },
  { locale: 'en', size: WIDE, dark: false, calm: true },
] as const)('In $locale at $size.width', ({ locale, size, dark, calm }) => {
  scene(
    'From the first start to the next day everything stays',
    () => house,
    async (stage) => {
      const anna = await stage.sitDown('/', { locale, size, dark, calm });
      const { page, t } = anna;
      await openTheHouse(anna, ANNA, WORDS[locale].house);
      await page.getByRole('heading', { level: 1, name: t('timeline.empty.title') }).waitFor();

      // The last picture is kept before the door: what is seen until then was seen while the uploads went on.
      const gate = await holdUpload(page, WINTER);
      await dropOnPage(page, [familyFolder()]);
      await gate.reached;
      await eventually(async () => (await drawnTiles(page)).length).toBeGreaterThanOrEqual(size === PHONE ? 2 : 4);
      await uploadPanel(page)
        .getByRole('heading', { name: t('uploads.title.running', { count: ALL.length }) })
        .waitFor();
      gate.open();
      await uploadPanel(page)
        .getByRole('heading', { name: t('uploads.title.done') })
        .waitFor();
      await uploadPanel(page)
        .getByRole('button', { name: t('uploads.close') })
        .click();

      const id = await idOf(page, OLD_PRINT);
      await openMemory(anna, id);
      await seePicture(page);
      await writeOnTheBack(anna);
      await page.getByRole('button', { name: t('viewer.close') }).click();
      await page.getByRole('banner').waitFor();
      await signOut(anna, ANNA);
      await stage.standUp(anna);

      await house.restart();

      const nextDay = await stage.sitDown('/', { locale, size, dark, calm });
      await signIn(nextDay, ANNA);
      await eventually(async () => (await drawnTiles(nextDay.page)).length).toBeGreaterThanOrEqual(
        size === PHONE ? 2 : 4,
      );
      await openMemory(nextDay, id);
      await readTheBack(nextDay);
      await nextDay.page.getByRole('link', { name: WORDS[locale].album }).click();
      await nextDay.page.getByRole('heading', { level: 1, name: WORDS[locale].album }).waitFor();
      const inAlbum = nextDay.page.getByRole('main').getByRole('link', { name: WORDS[locale].title });
      await eventually(() =>
        inAlbum.locator('img').evaluateAll((all) => all.some((image) => (image as HTMLImageElement).naturalWidth > 0)),
      ).toBe(true);
      await goTo(nextDay, 'app.nav.timeline');
      await tiles(nextDay.page).first().waitFor();

      // Behind the page: all came home once, and to the last bit as it was.
      const originals = await nextDay.page.evaluate(async () => {
        const answer = await fetch('/api/v1/memories?limit=200');
        const { items } = (await answer.json()) as {
          items: { media: { id: string; state: string; sha256: string }[] }[];
        };
        return items.flatMap((memory) => memory.media).map(({ sha256, state }) => ({ sha256, state }));
      });
      expect(originals.map((file) => file.sha256).sort()).toEqual(ALL.map((name) => sha256Of(fixture(name))).sort());
      expect(originals.every((file) => file.state === 'ready')).toBe(true);
    },
  );
});
