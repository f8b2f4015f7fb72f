// Nothing is lost by a slip: the trash gives back, each change can be undone, and only what was meant is gone.
import { beforeAll, describe, expect } from 'vitest';
import { describe as sayDate } from '@memoryverse/dates';
import { ANNA, Api, PAVEL } from '../support/api';
import { furnish, type Furnished } from '../support/furnish';
import { EVENING, KITE, LAKE, OLD_PRINT, WINTER } from '../support/pictures';
import { houseOfFile, PHONE, scene, WIDE } from '../support/stage';
import { comeHome, eventually, find, goTo, openMemory, tile, toast } from '../support/visits';

const house = houseOfFile();
let anna: Api;
let things: Furnished;
const id = (name: string) => things.memories.get(name)!.id;
beforeAll(async () => {
  anna = await Api.register(house().url, ANNA, { locale: 'ru' });
  things = await furnish(anna, 'ru');
  await anna.callIn(PAVEL, things.familyId, 'editor', { locale: 'en' });
});

const trashed = async () => (await anna.call<{ items: { id: string }[] }>('GET', '/trash')).items.map(({ id }) => id);

describe.each([
  { who: ANNA, locale: 'ru', size: WIDE, name: LAKE },
  { who: PAVEL, locale: 'en', size: PHONE, name: WINTER },
] as const)('In $locale at $size.width', ({ who, locale, size, name }) => {
  scene('what was put away comes back by the undo, and from the trash', house, async (stage) => {
    const person = await comeHome(stage, who, { locale, size });
    const { page, t } = person;
    const putAway = async () => {
      await openMemory(person, id(name));
      await page.getByRole('button', { name: t('viewer.more'), exact: true }).click();
      await page.getByRole('menuitem', { name: t('viewer.trash') }).click();
      await toast(person, t('timeline.acts.trashed', { count: 1 })).waitFor();
      await eventually(trashed).toContain(id(name));
    };

    await putAway();
    // The neighbour took its place, and the words with the way back are still there.
    expect(page.url()).not.toContain(id(name));
    await page
      .getByRole('region', { name: t('common.toasts') })
      .getByRole('button', { name: t('timeline.acts.takeBack') })
      .click();
    await eventually(trashed).not.toContain(id(name));
    await page.goBack();
    await find(page, id(name));

    await putAway();
    await page.getByRole('button', { name: t('viewer.close') }).click();
    await page.getByRole('banner').waitFor();
    await tile(page, id(name)).waitFor({ state: 'detached' });
    await goTo(person, 'trash.title');
    const kept = page.getByRole('main').getByRole('listitem');
    await eventually(() => kept.count()).toBe(2);
    await kept
      .first()
      .getByRole('button', { name: t('trash.restore') })
      .click();
    await toast(person, t('trash.restored', { count: 1 })).waitFor();
    await eventually(trashed).toEqual([id(KITE)]);
    await goTo(person, 'app.nav.timeline');
    await find(page, id(name));
  });
});

scene('several go together and come back together', house, async (stage) => {
  const person = await comeHome(stage, ANNA, { locale: 'ru' });
  const { page, t } = person;
  await (await find(page, id(LAKE))).focus();
  await page.keyboard.press(' ');
  await (await find(page, id(EVENING))).focus();
  await page.keyboard.press(' ');
  const acts = page.getByRole('region', { name: t('timeline.acts.label') });
  await acts.getByText(t('timeline.acts.chosen', { count: 2 })).waitFor();
  await acts.getByRole('button', { name: t('timeline.acts.trash') }).click();
  await tile(page, id(LAKE)).waitFor({ state: 'detached' });
  await eventually(async () => (await trashed()).sort()).toEqual([id(KITE), id(LAKE), id(EVENING)].sort());
  await page
    .getByRole('region', { name: t('common.toasts') })
    .getByRole('button', { name: t('timeline.acts.takeBack') })
    .click();
  await find(page, id(LAKE));
  await find(page, id(EVENING));
  expect(await trashed()).toEqual([id(KITE)]);
});

scene('a change of the date is taken back from the history', house, async (stage) => {
  const person = await comeHome(stage, ANNA, { locale: 'ru' });
  const { page, t } = person;
  const when = page.getByRole('region', { name: t('viewer.when.title') });
  await openMemory(person, id(OLD_PRINT));
  await when.getByText(sayDate('1935~', 'ru'), { exact: true }).waitFor();
  await page.getByRole('button', { name: t('viewer.when.change') }).click();
  await page.getByRole('textbox', { name: t('viewer.when.title') }).fill('лето 1962');
  await page.getByRole('button', { name: t('viewer.save') }).click();
  await when.getByText(sayDate('1962-22', 'ru'), { exact: true }).waitFor();

  await page.getByRole('button', { name: t('viewer.history.title') }).click();
  const history = page.getByRole('dialog', { name: t('viewer.history.title') });
  const latest = history.getByRole('listitem').filter({ hasText: sayDate('1962-22', 'ru') });
  await latest
    .first()
    .getByRole('button', { name: t('viewer.history.undo') })
    .click();
  await history.getByText(t('viewer.history.kind.undone')).waitFor();
  await page.keyboard.press('Escape');
  await when.getByText(sayDate('1935~', 'ru'), { exact: true }).waitFor();
  const { date } = await anna.call<{ date: { edtf: string } }>('GET', `/memories/${id(OLD_PRINT)}`);
  expect(date.edtf).toBe('1935~');
});

scene('what is deleted for good is gone, and the question before it can be answered with no', house, async (stage) => {
  const person = await comeHome(stage, ANNA, { locale: 'ru' }, '/trash');
  const { page, t } = person;
  const question = page.getByRole('dialog', { name: t('trash.purgeTitle', { count: 1 }) });
  await page.getByRole('button', { name: t('trash.chooseAll') }).click();
  await page.getByRole('button', { name: t('trash.purge') }).click();
  await question.getByRole('button', { name: t('trash.keep') }).click();
  expect(await trashed()).toEqual([id(KITE)]);

  await page.getByRole('button', { name: t('trash.purge') }).click();
  await question.getByRole('button', { name: t('trash.purge') }).click();
  await page.getByRole('heading', { name: t('trash.nothing') }).waitFor();
  expect(await trashed()).toEqual([]);
  const original = await page.request.get(`/api/v1/media/${things.memories.get(KITE)!.media[0]!.id}/original`);
  expect(original.status()).toBe(404);
});
