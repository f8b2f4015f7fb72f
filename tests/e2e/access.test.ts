// Whoever cannot see well, hold a mouse or read small grey letters is at home here as well: no screen breaks a rule that
// axe knows, on a phone and wide, by day and in the evening.
import axe from 'axe-core';
import type { AxeResults, RunOptions } from 'axe-core';
import { describe, expect } from 'vitest';
import { ANNA, Api } from '../support/api';
import { furnish, type Furnished } from '../support/furnish';
import { DOORS, ROOMS, type Screen } from '../support/screens';
import { houseOfFile, PHONE, scene, WIDE, type Person } from '../support/stage';
import { comeHome, openTheHouse } from '../support/visits';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Rules that are broken on the page now, each with the places. */
async function broken({ page }: Person, options: RunOptions): Promise<string[]> {
  // By the debugger and not as a script of the page, which its content policy would refuse.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const results = await page.evaluate(
    (how) => (window as unknown as { axe: { run(how: RunOptions): Promise<AxeResults> } }).axe.run(how),
    options,
  );
  expect(results.passes.length, 'rules that were tried').toBeGreaterThan(0);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary?.replace(/\s+/g, ' ')}`),
  );
}

/** All rules by day; in the evening only the colours are others. */
async function inspect(person: Person, name: string, found: string[]): Promise<void> {
  await person.page.emulateMedia({ colorScheme: 'light' });
  const day = await broken(person, { runOnly: RULES, resultTypes: ['violations'] });
  await person.page.emulateMedia({ colorScheme: 'dark' });
  const evening = await broken(person, { runOnly: ['color-contrast'], resultTypes: ['violations'] });
  const wide = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  found.push(...day.map((each) => `${name}, ${each}`), ...evening.map((each) => `${name} in the evening, ${each}`));
  if (wide > 0) found.push(`${name} is ${wide} pixels wider than the screen`);
}

async function inspectAll(person: Person, screens: readonly Screen[], things: Furnished): Promise<void> {
  const found: string[] = [];
  for (const screen of screens) {
    await screen.show(person, things);
    await inspect(person, screen.name, found);
  }
  expect(found.join('\n')).toBe('');
}

const house = houseOfFile();
let things: Furnished;

describe('No rule is broken', () => {
  scene('at the first start and in an empty house', house, async (stage) => {
    const anna = await stage.sitDown('/', { size: PHONE });
    const { page, t } = anna;
    const found: string[] = [];
    await page.getByRole('heading', { level: 1, name: t('accounts.welcome.title') }).waitFor();
    for (const size of [WIDE, PHONE]) {
      await page.setViewportSize(size);
      await inspect(anna, `welcome at ${size.width}`, found);
    }
    await openTheHouse(anna, ANNA);
    await page.getByRole('heading', { level: 1, name: t('timeline.empty.title') }).waitFor();
    for (const [room, title] of [
      ['/', 'timeline.empty.title'],
      ['/collections', 'collections.none'],
      ['/trash', 'trash.nothing'],
    ] as const) {
      await page.goto(room);
      await page.getByRole('heading', { name: t(title) }).waitFor();
      await inspect(anna, `empty ${room}`, found);
    }
    expect(found.join('\n')).toBe('');
    things = await furnish(await Api.login(house().url, ANNA), 'en');
  });

  for (const size of [PHONE, WIDE]) {
    scene(`before the door at ${size.width}`, house, async (stage) => {
      await inspectAll(await stage.sitDown('/sign-in', { size }), DOORS, things);
    });

    scene(
      `in any room at ${size.width}`,
      house,
      async (stage) => inspectAll(await comeHome(stage, ANNA, { size }), ROOMS, things),
      180_000,
    );
  }
});
