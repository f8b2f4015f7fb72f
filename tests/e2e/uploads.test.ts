// The way home, and what may happen on it: a page that is lost half way, a pause, a file that is there already, a refusal.
import { statSync } from 'node:fs';
import { beforeAll, describe, expect } from 'vitest';
import { ANNA, Api, PAVEL, sha256Of } from '../support/api';
import { dropOnPage } from '../support/drop';
import { holdPart, listenToUploads } from '../support/gate';
import {
  brokenPicture,
  emptyFile,
  EVENING,
  fixture,
  folderOf,
  GARDEN,
  heavyPicture,
  KITE,
  LAKE,
  SEA,
} from '../support/pictures';
import { houseOfFile, PHONE, scene, type Person } from '../support/stage';
import { comeHome, eventually, openMemory, uploadPanel, uploadRow } from '../support/visits';

/** As much of a file as goes with one request. */
const PART = 8 * 1024 * 1024;

const house = houseOfFile();
let anna: Api;
beforeAll(async () => {
  anna = await Api.register(house().url, ANNA, { locale: 'en' });
});

const isTitled = ({ page, t }: Person, key: string, count?: number) =>
  uploadPanel(page)
    .getByRole('heading', { name: t(`uploads.title.${key}`, { count }) })
    .waitFor();

async function hasShaOf(path: string): Promise<boolean> {
  const sha256 = sha256Of(path);
  return (await anna.memories()).some((memory) => memory.media.some((file) => file.sha256 === sha256));
}

describe('A file that is half way', () => {
  scene('goes on where it was after the page was lost, and sends nothing twice', house, async (stage) => {
    const wedding = heavyPicture('wedding.jpg', 20);
    const lost = await comeHome(stage, ANNA);
    await holdPart(lost.page, PART);
    const before = listenToUploads(lost.page);
    await dropOnPage(lost.page, [wedding]);
    await eventually(() => before).toEqual(['POST wedding.jpg', `PATCH ${PART}`]);

    const person = await stage.reopen(lost, '/trash');
    const after = listenToUploads(person.page);
    await isTitled(person, 'done');
    await uploadRow(person.page, 'wedding.jpg').getByText(person.t('uploads.state.home'), { exact: true }).waitFor();
    // Asked where it was, and went on from there: neither a new beginning nor the first part again. What stood before
    // the door may have come in as the page went.
    expect(after[0]).toBe('HEAD');
    const rest = after.slice(1);
    expect([[`PATCH ${2 * PART}`], [`PATCH ${PART}`, `PATCH ${2 * PART}`]]).toContainEqual(rest);
    expect(await hasShaOf(wedding)).toBe(true);

    // It is over: the next page has nothing to take up.
    const next = await stage.reopen(person);
    await next.page.locator('a.open[data-memory]').first().waitFor();
    expect(await uploadPanel(next.page).count()).toBe(0);
  });

  scene('waits while it is paused, and goes on when it is told to', house, async (stage) => {
    const feast = heavyPicture('feast.jpg', 12);
    const person = await comeHome(stage, ANNA);
    const { page, t } = person;
    const gate = await holdPart(page, PART);
    const heard = listenToUploads(page);
    await dropOnPage(page, [feast]);
    await gate.reached;
    await uploadRow(page, 'feast.jpg')
      .getByText(t('uploads.state.sendingPart', { percent: 66 }))
      .waitFor();
    await uploadPanel(page)
      .getByRole('button', { name: t('uploads.pause') })
      .click();
    await isTitled(person, 'paused');
    await uploadRow(page, 'feast.jpg').getByText(t('uploads.state.waiting')).waitFor();
    gate.open();

    // What is added during a pause waits as well.
    await dropOnPage(page, [fixture(KITE)]);
    await uploadRow(page, KITE).getByText(t('uploads.state.waiting')).waitFor();
    expect(heard).toEqual(['POST feast.jpg', `PATCH ${PART}`]);

    await uploadPanel(page)
      .getByRole('button', { name: t('uploads.resume') })
      .click();
    await isTitled(person, 'done');
    expect(heard.filter((request) => request.startsWith('POST')).sort()).toEqual(['POST feast.jpg', `POST ${KITE}`]);
    expect(heard.filter((request) => request === `PATCH ${PART}`)).toHaveLength(2);
    expect(await hasShaOf(feast)).toBe(true);
  });
});

scene('What is home already is told, and not sent a second time', house, async (stage) => {
  const person = await comeHome(stage, ANNA);
  const { page, t } = person;
  await dropOnPage(page, [fixture(LAKE), fixture(GARDEN)]);
  await isTitled(person, 'done');
  const count = (await anna.memories()).length;

  const heard = listenToUploads(page);
  await dropOnPage(page, [folderOf([fixture(LAKE), fixture(GARDEN)])]);
  await isTitled(person, 'allKnown');
  await uploadRow(page, GARDEN).getByText(t('uploads.state.duplicate')).waitFor();
  expect(heard).toEqual([]);
  expect(await anna.memories()).toHaveLength(count);

  // The row leads to the memory that was there before.
  await uploadRow(page, LAKE).getByRole('link', { name: LAKE }).click();
  await page.getByRole('article', { name: t('viewer.back') }).waitFor();
});

scene(
  'A failure shows its reason, and what can be tried again succeeds once the reason is gone',
  house,
  async (stage) => {
    const family = await anna.call<{ id: string }>('POST', '/spaces', { title: 'Соколовы' });
    const { token } = await anna.call<{ token: string }>('POST', '/invitations', {
      spaceId: family.id,
      role: 'contributor',
    });
    const pavel = await Api.register(house().url, PAVEL, { locale: 'ru', invitation: token });
    const { id: pavelId } = await pavel.call<{ id: string }>('GET', '/auth/me');
    const setRole = (role: string) => anna.call('PUT', `/spaces/${family.id}/members/${pavelId}`, { role });

    const person = await comeHome(stage, PAVEL, { locale: 'ru', size: PHONE });
    const { page, t } = person;
    person.provoked.push(/status of 403/);
    // The page has heard of the family, and not yet that he may only look.
    await page.getByRole('banner').getByText('Соколовы').waitFor();
    await setRole('viewer');
    await dropOnPage(page, [fixture(SEA), emptyFile('nothing.jpg')]);
    await uploadRow(page, 'nothing.jpg').getByText(t('uploads.reason.empty')).waitFor();
    const refused = uploadRow(page, SEA);
    const retry = refused.getByRole('button', { name: t('uploads.retry', { name: SEA }) });
    await retry.waitFor();
    await expect.poll(() => refused.locator('small').innerText()).toMatch(/[а-я]{3}/);
    expect(
      await uploadRow(page, 'nothing.jpg')
        .getByRole('button', { name: /nothing/ })
        .count(),
    ).toBe(1);

    await setRole('contributor');
    await retry.click();
    await eventually(async () => (await pavel.memories()).length).toBe(1);
    await refused.waitFor({ state: 'detached' });
  },
);

scene('A file that cannot be opened is kept, and its page says why', house, async (stage) => {
  const path = brokenPicture('cut-short.jpg');
  const memory = await anna.bring(path);
  const { reasonText } = memory.media[0]!;
  await anna.bring(fixture(EVENING));
  const person = await comeHome(stage, ANNA);
  await openMemory(person, memory.id);
  expect(reasonText).toMatch(/\w{3}/);
  await person.page.getByText(reasonText!, { exact: false }).waitFor();
  const original = await person.page.request.get(`/api/v1/media/${memory.media[0]!.id}/original`);
  expect((await original.body()).length).toBe(statSync(path).size);
});
