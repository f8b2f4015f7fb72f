// Every screen of the house, and how a person comes to it: for those who check all of them, or take their pictures.
import type { Furnished } from './furnish';
import { emptyFile, EVENING, fixture, LAKE, OLD_PRINT } from './pictures';
import { dropOnPage } from './drop';
import type { Person } from './stage';
import { find, uploadPanel, uploadRow } from './visits';

export interface Screen {
  readonly name: string;
  show(person: Person, things: Furnished): Promise<void>;
}

const heading = ({ page }: Person, name: string, level = 1) =>
  page.getByRole('heading', { level, name, exact: true }).waitFor();

const dialog = ({ page }: Person) => page.locator('dialog[open]');

async function settings(person: Person, section: string): Promise<void> {
  await person.page.goto(`/settings/${section}`);
  await heading(person, person.t(`settings.${section}.title`));
}

async function view(person: Person, id: string): Promise<void> {
  await person.page.goto(`/memories/${id}`);
  await person.page.getByRole('article', { name: person.t('viewer.back') }).waitFor();
}

async function album({ page, t }: Person, id: string): Promise<void> {
  await page.goto(`/collections/${id}`);
  await page
    .getByRole('main')
    .getByRole('button', { name: t('collections.add'), exact: true })
    .waitFor();
}

/** What can be seen without being signed in, in a house that has an owner. */
export const DOORS: readonly Screen[] = [
  {
    name: 'sign-in',
    async show(person) {
      await person.page.goto('/sign-in');
      await heading(person, person.t('accounts.signIn.title'));
    },
  },
  {
    name: 'sign-in-refused',
    async show(person) {
      const { page, t } = person;
      person.provoked.push(/status of 401/);
      await page.goto('/sign-in');
      await page.getByLabel(t('accounts.fields.email')).fill('nobody@example.org');
      await page.getByLabel(t('accounts.fields.password')).fill('not the password');
      await page.getByRole('button', { name: t('accounts.signIn.enter') }).click();
      await page.getByText(t('accounts.signIn.wrong')).waitFor();
    },
  },
  {
    name: 'invitation-gone',
    async show(person) {
      person.provoked.push(/status of 404/);
      await person.page.goto('/invite/no-such-link');
      await heading(person, person.t('accounts.invite.goneTitle'));
    },
  },
  {
    name: 'invitation',
    async show({ page }, things) {
      await page.goto(`/invite/${things.invitation}`);
      await page.getByText(things.family).first().waitFor();
    },
  },
  {
    name: 'unreachable',
    async show(person) {
      const { page, t } = person;
      person.provoked.push(/ERR_FAILED/);
      await page.route('**/api/v1/**', (route) => route.abort('failed'));
      await page.goto('/');
      await heading(person, t('app.unreachable.title'));
      await page.unroute('**/api/v1/**');
    },
  },
];

/** What somebody sees who lives there; `furnish` has been there before. */
export const ROOMS: readonly Screen[] = [
  {
    name: 'welcome-family',
    async show({ page, t }) {
      await page.goto('/welcome/family');
      await page.getByRole('button', { name: t('settings.invitation.make') }).waitFor();
    },
  },
  {
    name: 'timeline',
    async show({ page }, things) {
      await page.goto('/');
      await find(page, things.memories.get(LAKE)!.id);
      await page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    name: 'timeline-chosen',
    async show({ page, t }, things) {
      const tile = await find(page, things.memories.get(EVENING)!.id);
      await tile.focus();
      await page.keyboard.press(' ');
      await page.getByRole('region', { name: t('timeline.acts.label') }).waitFor();
    },
  },
  {
    name: 'account-menu',
    async show({ page, t }) {
      await page.goto('/');
      await page.getByRole('button', { name: t('app.account.open', { name: 'Anna' }) }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'viewer',
    async show(person, things) {
      await view(person, things.memories.get(LAKE)!.id);
      await person.page.locator('.stage img').first().waitFor();
    },
  },
  {
    name: 'viewer-when',
    async show(person, things) {
      const { page, t } = person;
      await view(person, things.memories.get(OLD_PRINT)!.id);
      await page.getByRole('button', { name: t('viewer.when.change') }).click();
      await page.getByRole('textbox', { name: t('viewer.when.title') }).waitFor();
    },
  },
  {
    name: 'viewer-history',
    async show(person, things) {
      const { page, t } = person;
      await view(person, things.memories.get(OLD_PRINT)!.id);
      await page.getByRole('button', { name: t('viewer.history.title') }).click();
      await dialog(person)
        .getByRole('button', { name: t('viewer.history.undo') })
        .first()
        .waitFor();
    },
  },
  {
    name: 'viewer-file',
    async show(person, things) {
      await view(person, things.broken);
      await person.page.getByRole('link', { name: person.t('viewer.download') }).waitFor();
    },
  },
  {
    name: 'albums',
    async show(person) {
      await person.page.goto('/collections');
      await person.page.getByRole('main').locator('a.card').nth(1).waitFor();
    },
  },
  {
    name: 'album',
    async show(person, things) {
      await album(person, things.album);
      await person.page.getByRole('main').locator('.rows img').nth(2).waitFor();
    },
  },
  {
    name: 'album-arrange',
    async show(person, things) {
      const { page, t } = person;
      await album(person, things.album);
      await page.getByRole('button', { name: t('collections.arrange') }).click();
      await page.locator('.rows button').first().click();
      await page.getByRole('toolbar', { name: t('collections.arrange') }).waitFor();
    },
  },
  {
    name: 'album-form',
    async show(person) {
      const { page, t } = person;
      await page.goto('/collections');
      await page
        .getByRole('main')
        .getByRole('button', { name: t('collections.new') })
        .last()
        .click();
      await dialog(person).getByLabel(t('collections.form.title')).waitFor();
    },
  },
  {
    name: 'album-picker',
    async show(person, things) {
      const { page, t } = person;
      await album(person, things.album);
      await page
        .getByRole('main')
        .getByRole('button', { name: t('collections.add'), exact: true })
        .click();
      await dialog(person).locator('img').first().waitFor();
    },
  },
  {
    name: 'trash',
    async show(person) {
      await person.page.goto('/trash');
      await person.page.getByRole('button', { name: person.t('trash.emptyAll') }).waitFor();
    },
  },
  {
    name: 'trash-question',
    async show(person) {
      const { page, t } = person;
      await page.goto('/trash');
      await page.getByRole('button', { name: t('trash.emptyAll') }).click();
      await dialog(person)
        .getByRole('button', { name: t('trash.keep') })
        .waitFor();
    },
  },
  { name: 'settings-profile', show: (person) => settings(person, 'profile') },
  {
    name: 'settings-security',
    async show(person) {
      await settings(person, 'security');
      await person.page.getByText(person.t('settings.security.here')).waitFor();
    },
  },
  {
    name: 'settings-family',
    async show(person) {
      const { page, t } = person;
      await settings(person, 'family');
      await page.getByLabel(t('settings.invitation.whom')).fill('Vera');
      await page.getByRole('button', { name: t('settings.invitation.make') }).click();
      await page.getByLabel(t('settings.invitation.link'), { exact: true }).waitFor();
    },
  },
  { name: 'settings-house', show: (person) => settings(person, 'house') },
  { name: 'settings-about', show: (person) => settings(person, 'about') },
  {
    name: 'not-found',
    async show(person) {
      await person.page.goto('/no/such/page');
      await heading(person, person.t('app.notFound.title'));
    },
  },
  {
    name: 'uploads',
    async show({ page, t }) {
      await page.goto('/');
      await page.getByRole('banner').waitFor();
      await dropOnPage(page, [fixture(LAKE), emptyFile('nothing.jpg')]);
      await uploadPanel(page)
        .getByRole('heading', { name: t('uploads.title.done') })
        .waitFor();
      const all = uploadPanel(page).getByRole('button', { name: t('uploads.showAll') });
      if (await all.isVisible()) await all.click();
      await uploadRow(page, LAKE).getByText(t('uploads.state.duplicate')).waitFor();
    },
  },
];
