// All screens in both languages, by day and in the evening, on a phone and wide, as pictures to look through.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe } from 'vitest';
import { ANNA, Api } from '../support/api';
import { furnish, type Furnished } from '../support/furnish';
import { root } from '../support/paths';
import { DOORS, ROOMS, type Screen } from '../support/screens';
import { houseOfFile, PHONE, scene, WIDE, type Person } from '../support/stage';
import { comeHome } from '../support/visits';

const gallery = join(root, 'build/gallery');

async function picture(person: Person, screens: readonly Screen[], things: Furnished, first: number): Promise<void> {
  const width = person.page.viewportSize()!.width;
  for (const [index, screen] of screens.entries()) {
    await screen.show(person, things);
    for (const colorScheme of ['light', 'dark'] as const) {
      await person.page.emulateMedia({ colorScheme });
      const folder = join(gallery, `${person.locale}-${width}-${colorScheme}`);
      mkdirSync(folder, { recursive: true });
      const name = `${String(first + index).padStart(2, '0')}-${screen.name}.png`;
      await person.page.screenshot({ path: join(folder, name) });
    }
  }
}

describe.each(['ru', 'en'] as const)('In %s', (locale) => {
  const house = houseOfFile();
  let things: Furnished;
  beforeAll(async () => {
    things = await furnish(await Api.register(house().url, ANNA, { locale }), locale);
  });

  for (const size of [PHONE, WIDE]) {
    scene(
      `every screen is pictured at ${size.width}`,
      house,
      async (stage) => {
        await picture(await stage.sitDown('/sign-in', { locale, size }), DOORS, things, 1);
        await picture(await comeHome(stage, ANNA, { locale, size }), ROOMS, things, DOORS.length + 1);
      },
      300_000,
    );
  }
});
