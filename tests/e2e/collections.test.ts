// Albums: made, put inside one another and in order, filled, given a cover, emptied, taken away and taken back.
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect } from 'vitest';
import { ANNA, Api, PAVEL } from '../support/api';
import { furnish, type Furnished } from '../support/furnish';
import { EVENING, LAKE, SEA, WINTER } from '../support/pictures';
import { houseOfFile, PHONE, scene, WIDE, type Person } from '../support/stage';
import { comeHome, eventually, goTo, toast } from '../support/visits';

const house = houseOfFile();
let anna: Api;
let things: Furnished;
const id = (name: string) => things.memories.get(name)!.id;
beforeAll(async () => {
  anna = await Api.register(house().url, ANNA, { locale: 'ru' });
  things = await furnish(anna, 'ru');
  await anna.callIn(PAVEL, things.familyId, 'editor', { locale: 'en' });
});

interface AlbumBody {
  id: string;
  title: string;
  parentId?: string;
  position: number;
  coverMemoryId?: string;
  memories: number;
}
const albums = async () => (await anna.call<{ items: AlbumBody[] }>('GET', '/collections')).items;
const named = async (title: string) => (await albums()).find((album) => album.title === title);
const inside = async (album: string) =>
  (await anna.call<{ items: { id: string }[] }>('GET', `/collections/${album}/memories`)).items.map((each) => each.id);

const sheet = ({ page }: Person): Locator => page.locator('dialog[open]');
const titled = ({ page }: Person, title: string) =>
  page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();

async function more({ page, t }: Person, act: string): Promise<void> {
  await page.getByRole('button', { name: t('collections.more') }).click();
  await page.getByRole('menuitem', { name: t(`collections.${act}`), exact: true }).click();
}

async function fillForm(person: Person, title: string): Promise<void> {
  await sheet(person).getByLabel(person.t('collections.form.title')).fill(title);
  await sheet(person)
    .getByRole('button', { name: person.t('collections.form.make') })
    .click();
  await titled(person, title);
}

describe.each([
  { who: ANNA, locale: 'ru', size: WIDE, top: 'Дача', one: 'Лето', two: 'Зима' },
  { who: PAVEL, locale: 'en', size: PHONE, top: 'Dacha', one: 'Summer', two: 'Winter' },
] as const)('In $locale at $size.width', ({ who, locale, size, top, one, two }) => {
  scene('an album is made, nested, ordered, filled, covered, emptied and taken away', house, async (stage) => {
    const person = await comeHome(stage, who, { locale, size });
    const { page, t } = person;
    const main = page.getByRole('main');
    await goTo(person, 'collections.title');
    await titled(person, t('collections.title'));
    await main
      .getByRole('button', { name: t('collections.new') })
      .last()
      .click();
    await fillForm(person, top);
    await page.getByRole('heading', { name: t('collections.empty') }).waitFor();
    const topId = (await named(top))!.id;

    // Two inside, and the second before the first.
    await more(person, 'newInside');
    await fillForm(person, one);
    await main
      .getByRole('navigation', { name: t('collections.where') })
      .getByRole('link', { name: top })
      .click();
    await titled(person, top);
    await more(person, 'newInside');
    await fillForm(person, two);
    const children = async () =>
      (await albums())
        .filter((album) => album.parentId === topId)
        .sort((first, second) => first.position - second.position)
        .map((album) => album.title);
    expect(await children()).toEqual([one, two]);
    await more(person, 'earlier');
    await eventually(children).toEqual([two, one]);
    await main
      .getByRole('navigation', { name: t('collections.where') })
      .getByRole('link', { name: top })
      .click();
    await titled(person, top);
    const cards = main.getByRole('region', { name: t('collections.inside') }).locator('a.card b');
    await eventually(() => cards.allInnerTexts()).toEqual([two, one]);

    // Pictures: chosen from what is at home.
    await main.getByRole('button', { name: t('collections.add'), exact: true }).click();
    const offered = sheet(person).locator('button[aria-pressed="false"]');
    await eventually(() => offered.count()).toBeGreaterThan(3);
    for (let count = 0; count < 3; count++) await offered.first().click();
    await sheet(person)
      .getByRole('button', { name: t('collections.addCount', { count: 3 }) })
      .click();
    await toast(person, t('collections.addedHere', { count: 3 })).waitFor();
    const rows = main.locator('.rows > li');
    await eventually(() => rows.count()).toBe(3);
    const first = await inside(topId);

    // The second one forward, then onto the cover, then out and back.
    await main.getByRole('button', { name: t('collections.arrange') }).click();
    await rows.nth(1).getByRole('button').click();
    await main.getByRole('button', { name: t('collections.moveEarlier') }).click();
    await eventually(() => inside(topId)).toEqual([first[1], first[0], first[2]]);
    await main.getByRole('button', { name: t('collections.toCover') }).click();
    await toast(person, t('collections.coverSet')).waitFor();
    expect((await named(top))?.coverMemoryId).toBe(first[1]);

    await main.getByRole('button', { name: t('collections.arrange') }).click();
    await rows.nth(2).getByRole('button').click();
    await main.getByRole('button', { name: t('collections.takeOut') }).click();
    await toast(person, t('collections.takenOut', { count: 1 })).waitFor();
    await eventually(() => rows.count()).toBe(2);
    expect(await inside(topId)).toEqual([first[1], first[0]]);
    await page
      .getByRole('region', { name: t('common.toasts') })
      .getByRole('button', { name: t('collections.takeBack') })
      .last()
      .click();
    await eventually(() => rows.count()).toBe(3);
    await main
      .getByRole('button', { name: t('collections.finish') })
      .last()
      .click();

    await more(person, 'remove');
    await titled(person, t('collections.title'));
    await eventually(
      async () => (await albums()).filter((album) => ([top, one, two] as string[]).includes(album.title)).length,
    ).toBe(0);
    await page
      .getByRole('region', { name: t('common.toasts') })
      .getByRole('button', { name: t('collections.takeBack') })
      .last()
      .click();
    await eventually(async () => (await named(top))?.memories).toBe(3);
    expect((await children()).sort()).toEqual([one, two].sort());
  });
});

scene('A picture opened from an album goes on inside the album, and closing leads back to it', house, async (stage) => {
  const person = await comeHome(stage, ANNA, { locale: 'ru' }, `/collections/${things.album}`);
  const { page, t } = person;
  expect(await inside(things.album)).toEqual([id(LAKE), id(EVENING), id(SEA)]);
  await page.locator('.rows a').first().click();
  await page.waitForURL(`**/memories/${id(LAKE)}?**`);
  await page.getByRole('button', { name: t('viewer.next') }).click();
  await page.waitForURL(`**/memories/${id(EVENING)}?**`);
  await page
    .getByText(t('viewer.place.collection', { name: 'Летние поездки', index: 2, count: 3, more: '' }))
    .waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL(`**/collections/${things.album}`);
  expect(await inside(things.album)).not.toContain(id(WINTER));
});
