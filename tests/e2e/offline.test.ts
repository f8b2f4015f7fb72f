// Without a network the page stays, says so, and goes on by itself when the network is back.
import { beforeAll, expect } from 'vitest';
import { ANNA, Api } from '../support/api';
import { dropOnPage } from '../support/drop';
import { EVENING, fixture, LAKE } from '../support/pictures';
import { houseOfFile, PHONE, scene, WIDE } from '../support/stage';
import {
  comeHome,
  drawnTiles,
  eventually,
  goTo,
  signIn,
  tiles,
  toast,
  uploadPanel,
  uploadRow,
} from '../support/visits';

const house = houseOfFile();
let anna: Api;
beforeAll(async () => {
  anna = await Api.register(house().url, ANNA, { locale: 'ru' });
  await anna.bring(fixture(LAKE));
});

const NO_NETWORK = /ERR_INTERNET_DISCONNECTED|WebSocket|ERR_FAILED|Failed to fetch dynamically/;

for (const size of [PHONE, WIDE]) {
  scene(`At ${size.width} what is on the screen stays, and the rest waits`, house, async (stage) => {
    const person = await comeHome(stage, ANNA, { locale: 'ru', size });
    const { page, context, t } = person;
    person.provoked.push(NO_NETWORK);
    const before = (await anna.memories()).length;
    await eventually(async () => (await drawnTiles(page)).length).toBe(before);

    await context.setOffline(true);
    const notice = page.getByRole('status').filter({ hasText: t('app.offline') });
    await notice.waitFor();
    expect((await drawnTiles(page)).length).toBe(before);
    // A room that was not entered yet cannot be fetched: the page says so and stays itself.
    await goTo(person, 'collections.title');
    await toast(person, t('common.problem.network')).waitFor();
    await tiles(page).first().waitFor();

    if (size === WIDE) {
      await dropOnPage(page, [fixture(EVENING)]);
      await uploadPanel(page).getByText(t('uploads.waitsForNetwork')).waitFor();
      await uploadRow(page, EVENING).getByText(t('uploads.state.waiting')).waitFor();
    }

    await context.setOffline(false);
    await notice.waitFor({ state: 'detached' });
    if (size === WIDE) {
      await uploadPanel(page)
        .getByRole('heading', { name: t('uploads.title.done') })
        .waitFor();
      await eventually(async () => (await drawnTiles(page)).length).toBe(before + 1);
    }
    await goTo(person, 'collections.title');
    await page.getByRole('heading', { level: 1, name: t('collections.title') }).waitFor();
  });
}

scene('A house that does not answer at the first look is told, and tried again', house, async (stage) => {
  const person = await stage.sitDown('/sign-in', { locale: 'ru' });
  const { page, t } = person;
  person.provoked.push(NO_NETWORK);
  await page.route('**/api/v1/**', (route) => route.abort('failed'));
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: t('app.unreachable.title') }).waitFor();
  await page.getByText(t('app.unreachable.text')).waitFor();
  await page.unroute('**/api/v1/**');
  await page.getByRole('button', { name: t('common.retry') }).click();
  await signIn(person, ANNA);
  await tiles(page).first().waitFor();
});
