// Two people at home: what one brings is seen by the other at once, also after the house was closed for a moment.
import { beforeAll, expect } from 'vitest';
import { ANNA, Api, PAVEL } from '../support/api';
import { dropOnPage } from '../support/drop';
import { holdPart, listenToUploads } from '../support/gate';
import { EVENING, fixture, GARDEN, heavyPicture, LAKE, SEA } from '../support/pictures';
import { houseOfFile, PHONE, scene, type Person } from '../support/stage';
import { comeHome, drawnTiles, eventually, openMemory, tiles, uploadPanel } from '../support/visits';

const PART = 8 * 1024 * 1024;
const house = houseOfFile();
let anna: Api;
beforeAll(async () => {
  anna = await Api.register(house().url, ANNA, { locale: 'en' });
  const family = await anna.call<{ id: string }>('POST', '/spaces', { title: 'The Sokolovs' });
  await anna.bring(fixture(LAKE), { spaceId: family.id });
  await anna.callIn(PAVEL, family.id, 'contributor', { locale: 'ru' });
});

const isHome = ({ page, t }: Person) =>
  uploadPanel(page)
    .getByRole('heading', { name: t('uploads.title.done') })
    .waitFor();

/** The page that is open now; the mark is gone once it was loaded anew. */
const mark = (person: Person) => person.page.evaluate(() => void Object.assign(window, { stillTheSame: true }));
const isMarked = (person: Person) => person.page.evaluate(() => 'stillTheSame' in window);

scene(
  'What one brings slides into the timeline of the other, and what one says is read there',
  house,
  async (stage) => {
    const a = await comeHome(stage, ANNA);
    const b = await comeHome(stage, PAVEL, { locale: 'ru', size: PHONE });
    await eventually(() => tiles(b.page).count()).toBe(1);
    await mark(b);
    await dropOnPage(a.page, [fixture(EVENING), fixture(GARDEN)]);
    await isHome(a);
    await eventually(async () => (await drawnTiles(b.page)).length).toBe(3);

    // On the same picture at the same time: the words of one appear before the other.
    const [first] = await anna.memories();
    await openMemory(b, first!.id);
    await anna.patch(first!.id, { title: 'Said by Anna' });
    await b.page.getByRole('heading', { level: 2, name: 'Said by Anna' }).waitFor();
    await anna.call('POST', '/memories/trash', { memoryIds: [first!.id] });
    await b.page.goBack();
    await eventually(() => tiles(b.page).count()).toBe(2);
    await anna.call('POST', '/memories/restore', { memoryIds: [first!.id] });
    await eventually(() => tiles(b.page).count()).toBe(3);
    expect(await isMarked(b)).toBe(true);
  },
);

scene('What one says of oneself on one device holds on the other at once', house, async (stage) => {
  const b = await comeHome(stage, PAVEL, { locale: 'ru' });
  await mark(b);
  const pavel = await Api.login(house().url, PAVEL);
  await pavel.call('PATCH', '/auth/me', { locale: 'en', theme: 'dark', name: 'Pavlik' });
  await eventually(() => b.page.evaluate(() => document.documentElement.lang)).toBe('en');
  await b.page.getByRole('button', { name: /Pavlik/ }).waitFor();
  expect(await isMarked(b)).toBe(true);
  await pavel.call('PATCH', '/auth/me', { locale: 'ru', theme: 'system', name: PAVEL.name });
  await eventually(() => b.page.evaluate(() => document.documentElement.lang)).toBe('ru');
});

scene(
  'The house closes and opens again: the upload goes on, and nothing that happened is missed',
  house,
  async (stage) => {
    const a = await comeHome(stage, ANNA);
    const b = await comeHome(stage, PAVEL, { locale: 'ru' });
    for (const person of [a, b]) {
      person.provoked.push(/ERR_CONNECTION_|WebSocket|ERR_EMPTY_RESPONSE|ERR_SOCKET|status of 503/);
      await mark(person);
    }
    await eventually(() => tiles(b.page).count()).toBe(3);
    const gate = await holdPart(a.page, PART);
    const heard = listenToUploads(a.page);
    await dropOnPage(a.page, [heavyPicture('long-day.jpg', 20), fixture(SEA)]);
    await gate.reached;
    await eventually(() => tiles(b.page).count()).toBe(4);

    await house().restart();
    gate.open();
    await isHome(a);
    await eventually(async () => (await drawnTiles(b.page)).length, 40_000).toBe(5);
    expect(heard.filter((request) => request.startsWith('POST'))).toHaveLength(2);
    expect(await isMarked(a)).toBe(true);
    expect(await isMarked(b)).toBe(true);
    // And from now on as before.
    await anna.patch((await anna.memories())[0]!.id, { title: 'After the restart' });
    await b.page.getByRole('link', { name: 'After the restart' }).waitFor();
  },
);
