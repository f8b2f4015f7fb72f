// The pictures of the product in the two README files, made anew: a real server, a real browser, drawn landscapes.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { ANNA, Api } from '../support/api';
import { House } from '../support/house';
import { root } from '../support/paths';
import { emptyFolder } from '../support/pictures';
import { scene, type Stage } from '../support/stage';
import { comeHome, drawnTiles, eventually } from '../support/visits';
import { landscape } from './landscapes';

const SIZE = { width: 1280, height: 800 };
const SHAPES = [
  [1500, 1000],
  [1500, 1000],
  [1000, 1400],
  [1800, 1000],
  [1300, 1000],
] as const;
/** How many pictures each day has, the latest first. */
const DAYS: readonly [string, number][] = [
  ['2024-07-21', 7],
  ['2024-07-20', 5],
  ['2024-07-14', 4],
  ['2024-05-09', 4],
  ['2023-08-12', 5],
  ['2019-01-02', 3],
];

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(() => house.close());

/** Draws them in the browser, and brings them home as a camera's files. */
async function paint(stage: Stage, api: Api, spaceId: string): Promise<void> {
  const easel = await stage.sitDown('/sign-in', { size: { width: 1800, height: 1400 } });
  const folder = emptyFolder();
  const brought: Promise<unknown>[] = [];
  let count = 0;
  for (const [day, pictures] of DAYS) {
    for (let index = 0; index < pictures; index++, count++) {
      const [width, height] = SHAPES[(count * 7 + index) % SHAPES.length]!;
      await easel.page.evaluate(
        (svg) => {
          document.body.innerHTML = svg;
          document.body.style.margin = '0';
        },
        landscape(count, width, height),
      );
      const path = join(folder, `${count}.jpg`);
      writeFileSync(
        path,
        await easel.page.screenshot({ type: 'jpeg', quality: 88, clip: { x: 0, y: 0, width, height } }),
      );
      const date = `${day}T1${9 - (index % 9)}:${20 + index}:00`;
      brought.push(api.bring(path, { spaceId }).then(({ id }) => api.patch(id, { date })));
    }
  }
  await Promise.all(brought);
  await stage.standUp(easel);
}

describe.each([
  { locale: 'en', family: 'The Sokolovs', file: 'timeline.jpg' },
  { locale: 'ru', family: 'Соколовы', file: 'timeline.ru.jpg' },
] as const)('In $locale', ({ locale, family, file }) => {
  scene(
    `the timeline is pictured as ${file}`,
    () => house,
    async (stage) => {
      const api = await Api.register(house.url, ANNA, { locale });
      const space = await api.call<{ id: string }>('POST', '/spaces', { title: family });
      await paint(stage, api, space.id);
      const { page } = await comeHome(stage, ANNA, { locale, size: SIZE });
      await eventually(async () => (await drawnTiles(page)).length).toBeGreaterThan(9);
      await page.evaluate(() => document.fonts.ready);
      // Away from the pictures, which show a box to choose them where a pointer rests.
      await page.mouse.move(0, 0);
      const path = join(root, 'docs/images', file);
      mkdirSync(join(root, 'docs/images'), { recursive: true });
      await page.screenshot({ path, type: 'jpeg', quality: 82 });
      expect(statSync(path).size).toBeLessThan(200_000);
    },
    300_000,
  );
});
