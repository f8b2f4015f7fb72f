// Somebody is called in by a link: what they see, what they may do, and what stays nobody's business.
import { beforeAll, expect } from 'vitest';
import { ANNA, Api, PAVEL } from '../support/api';
import { furnish, type Furnished } from '../support/furnish';
import { fixture, folderOf, KITE, LAKE } from '../support/pictures';
import { houseOfFile, PHONE, scene, type Person } from '../support/stage';
import { comeHome, eventually, find, openMemory, tile } from '../support/visits';

const house = houseOfFile();
let anna: Api;
let things: Furnished;
/** Of Anna alone, not of the family. */
let secret: string;
beforeAll(async () => {
  anna = await Api.register(house().url, ANNA, { locale: 'en' });
  things = await furnish(anna, 'en');
  const own = (await anna.call<{ items: { id: string; kind: string }[] }>('GET', '/spaces')).items.find(
    (space) => space.kind === 'personal',
  )!;
  secret = (await anna.bring(`${folderOf([fixture(KITE)])}/${KITE}`, { spaceId: own.id })).id;
});

/** Makes a link in the settings and reads it off the page. */
async function makeLink({ page, t }: Person, whom: string, role: string): Promise<string> {
  await page.goto('/settings/family');
  await page.getByLabel(t('settings.invitation.whom')).fill(whom);
  await page.getByLabel(t('settings.invitation.role')).selectOption({ label: t(`settings.role.${role}`) });
  await page.getByRole('button', { name: t('settings.invitation.make') }).click();
  const link = await page.getByLabel(t('settings.invitation.link'), { exact: true }).inputValue();
  await page.getByText(whom).waitFor();
  return new URL(link).pathname;
}

scene(
  'Who follows the link sees the family and nothing else, and may do what they were given',
  house,
  async (stage) => {
    const owner = await comeHome(stage, ANNA);
    const link = await makeLink(owner, 'Pavel', 'viewer');

    const pavel = await stage.sitDown(link, { locale: 'ru', size: PHONE });
    const { page, t } = pavel;
    await page.getByRole('heading', { name: t('accounts.invite.titleTo', { title: 'The Sokolovs' }) }).waitFor();
    await page
      .getByText(t('accounts.invite.leadTo', { inviter: ANNA.name, role: t('settings.roleMay.viewer') }))
      .waitFor();
    await page.getByLabel(t('accounts.fields.yourName')).fill(PAVEL.name);
    await page.getByLabel(t('accounts.fields.email')).fill(PAVEL.email);
    await page.getByLabel(t('accounts.fields.password')).fill(PAVEL.password);
    await page.getByRole('button', { name: t('accounts.register.enter') }).click();
    await page.getByRole('banner').getByText('The Sokolovs').waitFor();

    // The family's pictures are there; the one that is Anna's alone is not, not even by its address.
    await find(page, things.memories.get(LAKE)!.id);
    const api = await Api.login(house().url, PAVEL);
    expect((await api.memories()).map(({ id }) => id)).not.toContain(secret);
    expect((await api.memories()).map(({ id }) => id)).toContain(things.memories.get(LAKE)!.id);
    expect(await tile(page, secret).count()).toBe(0);
    pavel.provoked.push(/status of 404/);
    await page.goto(`/memories/${secret}`);
    await page.getByRole('heading', { name: t('viewer.gone') }).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);

    // He may look: nothing on the back can be written, nothing be put away.
    await page.goto('/');
    await openMemory(pavel, things.memories.get(LAKE)!.id);
    await page.getByRole('heading', { level: 2, name: 'Morning at the lake' }).waitFor();
    for (const act of ['viewer.words.change', 'viewer.when.change', 'viewer.where.say', 'viewer.collections.add'])
      expect(await page.getByRole('button', { name: t(act) }).count(), act).toBe(0);
    await page.getByRole('button', { name: t('viewer.more'), exact: true }).click();
    await page.getByRole('menuitem', { name: t('viewer.download') }).waitFor();
    expect(await page.getByRole('menuitem', { name: t('viewer.trash') }).count()).toBe(0);
    await page.keyboard.press('Escape');
    const refused = await page.evaluate(async (id) => {
      const answer = await fetch('/api/v1/memories/trash', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'memoryverse-web' },
        body: JSON.stringify({ memoryIds: [id] }),
      });
      return ((await answer.json()) as { refused?: unknown[] }).refused?.length ?? answer.status;
    }, things.memories.get(LAKE)!.id);
    expect([1, 403]).toContain(refused);

    // The owner gives him more, on the page of the family.
    await owner.page.goto('/settings/family');
    await owner.page
      .getByLabel(owner.t('settings.family.roleOf', { name: PAVEL.name }))
      .selectOption({ label: owner.t('settings.role.editor') });
    await eventually(async () => {
      const { items } = await anna.call<{ items: { name: string; role: string }[] }>(
        'GET',
        `/spaces/${things.familyId}/members`,
      );
      return items.find((member) => member.name === PAVEL.name)?.role;
    }).toBe('editor');
    await page.reload();
    await page.getByRole('button', { name: t('viewer.words.change') }).click();
    await page.getByLabel(t('viewer.words.title'), { exact: true }).fill('Озеро утром');
    await page.getByRole('button', { name: t('viewer.save') }).click();
    await page.getByRole('heading', { level: 2, name: 'Озеро утром' }).waitFor();
  },
);

scene('A link opens once, and one that was taken back does not open at all', house, async (stage) => {
  const owner = await comeHome(stage, ANNA);
  const link = await makeLink(owner, 'Grandmother', 'contributor');
  const waits = owner.page.getByRole('button', {
    name: owner.t('settings.invitation.revoke', { name: 'Grandmother' }),
  });
  await waits.click();
  await waits.waitFor({ state: 'detached' });
  const stranger = await stage.sitDown('/sign-in');
  stranger.provoked.push(/status of 4(04|09|10)/);
  await stranger.page.goto(link);
  await stranger.page.getByRole('heading', { name: stranger.t('accounts.invite.goneTitle') }).waitFor();

  const second = await makeLink(owner, 'Aunt Nyura', 'viewer');
  const used = { name: 'Nyura', email: 'nyura@example.org', password: 'four words of nyura' };
  await Api.register(house().url, used, { invitation: second.split('/').at(-1), locale: 'en' });
  await stranger.page.goto(second);
  await stranger.page.getByRole('heading', { name: stranger.t('accounts.invite.goneTitle') }).waitFor();
});
