// The settings do what they say, at once and on the next day, and on the other device too.
import { beforeAll, expect } from 'vitest';
import { ANNA, Api } from '../support/api';
import { houseOfFile, PHONE, scene, type Person } from '../support/stage';
import { comeHome, eventually, signIn, toast } from '../support/visits';
import { wordsOf } from '../support/words';

const house = houseOfFile();
let api: Api;
beforeAll(async () => {
  api = await Api.register(house().url, ANNA, { locale: 'en' });
});

const ru = wordsOf('ru');
const title = ({ page }: Person, text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor();
const canvas = ({ page }: Person) =>
  page.evaluate(
    () => getComputedStyle(document.body).backgroundColor || getComputedStyle(document.documentElement).backgroundColor,
  );

scene('Language and light change at once, stay after a reload, and follow the account', house, async (stage) => {
  const person = await comeHome(stage, ANNA, {}, '/settings/profile');
  const { page, t } = person;
  await title(person, t('settings.profile.title'));
  const day = await canvas(person);
  await page.getByText(t('app.theme.dark'), { exact: true }).click();
  await eventually(() => canvas(person)).not.toBe(day);
  const evening = await canvas(person);
  await page.getByText('Русский', { exact: true }).click();
  await title(person, ru('settings.profile.title'));
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('ru');

  await page.reload();
  await title(person, ru('settings.profile.title'));
  expect(await canvas(person)).toBe(evening);
  expect(await page.evaluate(() => document.title)).toContain(ru('settings.title'));

  // Another device in English and by day becomes Russian and dark with the account.
  const other = await stage.sitDown('/settings/profile', { size: PHONE });
  await signIn(other, ANNA);
  await title(other, ru('settings.profile.title'));
  await eventually(() => canvas(other)).toBe(evening);

  await api.call('PATCH', '/auth/me', { locale: 'en', theme: 'system' });
});

scene('A new name is seen, and a wrong one is told at its field', house, async (stage) => {
  const person = await comeHome(stage, ANNA, {}, '/settings/profile');
  const { page, t } = person;
  person.provoked.push(/status of 422/);
  const name = page.getByLabel(t('settings.profile.name'));
  await eventually(() => name.inputValue()).toBe(ANNA.name);
  await name.fill('Anna Sokolova');
  await page.getByRole('button', { name: t('settings.save') }).click();
  await toast(person, t('settings.saved')).waitFor();
  await page.getByRole('button', { name: t('app.account.open', { name: 'Anna Sokolova' }) }).waitFor();
  await name.fill('   ');
  await page.getByRole('button', { name: t('settings.save') }).click();
  await page.locator('input[aria-invalid="true"]').waitFor();
  await api.call('PATCH', '/auth/me', { name: ANNA.name });
});

scene('A sign-in is ended from another device, and the page there asks to sign in again', house, async (stage) => {
  const telephone = await comeHome(stage, ANNA, { size: PHONE }, '/trash');
  telephone.provoked.push(/status of 40[13]|WebSocket/);
  const desk = await comeHome(stage, ANNA, {}, '/settings/security');
  const { page, t } = desk;
  const list = page.getByRole('main').getByRole('listitem');
  await list.filter({ hasText: t('settings.security.here') }).waitFor();
  const before = await list.count();
  const ends = page.getByRole('button', { name: t('settings.security.end'), exact: true });
  const sessions = (await api.call<{ items: { id: string; userAgent: string }[] }>('GET', '/auth/sessions')).items;
  expect(sessions.length).toBeGreaterThanOrEqual(3);
  for (let left = await list.count(); left > 1; left--) {
    await ends.first().click();
    await eventually(() => list.count()).toBe(left - 1);
  }
  expect(await list.count()).toBeLessThan(before);
  await toast(desk, t('settings.security.ended')).first().waitFor();

  // Nobody has to touch it: the stream of events ends, and the page finds out why.
  await telephone.page.getByRole('heading', { level: 1, name: t('accounts.signIn.title') }).waitFor();
  // The desk goes on, and whoever signs in on the telephone again is where they wanted to be.
  await signIn(telephone, ANNA);
  await telephone.page.getByRole('heading', { level: 1, name: t('trash.title') }).waitFor();
  await page.reload();
  await page.getByText(t('settings.security.here')).waitFor();
  api = await Api.login(house().url, ANNA);
});

scene('The password changes only for who knows the old one, and other sign-ins end', house, async (stage) => {
  const other = await comeHome(stage, ANNA, { size: PHONE });
  other.provoked.push(/status of 40[13]|WebSocket/);
  const person = await comeHome(stage, ANNA, {}, '/settings/security');
  const { page, t } = person;
  person.provoked.push(/status of 422/);
  const current = page.getByLabel(t('settings.security.current'));
  const next = page.getByLabel(t('settings.security.next'));
  const change = page.getByRole('button', { name: t('settings.security.change') });
  await current.fill('not the password');
  await next.fill('five other words of anna');
  await change.click();
  await eventually(() => current.getAttribute('aria-invalid')).toBe('true');
  await next.fill('short');
  await change.click();
  await page.getByText(t('accounts.errors.password')).waitFor();

  await current.fill(ANNA.password);
  await next.fill('five other words of anna');
  await change.click();
  await toast(person, t('settings.security.changed')).waitFor();

  await other.page.reload();
  await other.page.getByRole('heading', { level: 1, name: t('accounts.signIn.title') }).waitFor();
  await signIn(other, { ...ANNA, password: 'five other words of anna' });
});
