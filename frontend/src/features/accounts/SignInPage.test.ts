import { fireEvent, getByLabelText, getByRole } from '@testing-library/dom';
import { expect, test, vi } from 'vitest';
import { mount, settle } from '@/testing/mount';
import * as service from './accountService';
import SignInPage from './SignInPage.vue';

vi.mock('./accountService');

const anna = {
  id: 'u',
  email: 'anna@example.org',
  name: 'Анна',
  locale: 'ru',
  theme: 'system',
  isOwner: true,
  personalSpaceId: 's',
  createdAt: '2026-01-01T00:00:00.000Z',
};

function fill(root: HTMLElement): void {
  for (const [label, value] of [
    ['Почта', ' anna@example.org '],
    ['Пароль', 'четыре слова только мои'],
  ] as const) {
    const input = getByLabelText<HTMLInputElement>(root, label);
    input.value = value;
    fireEvent.input(input);
  }
}

test('says in plain words that the e-mail or password does not fit', async () => {
  vi.mocked(service.signIn).mockResolvedValue({
    ok: false,
    problem: { key: 'auth.wrong', status: 401, title: '', detail: '', errors: [] },
  });
  const { root } = await mount(SignInPage, { at: '/sign-in' });
  fill(root);
  fireEvent.submit(root.querySelector('form')!);
  await settle();
  expect(getByRole(root, 'alert').textContent).toMatch(/не.подходят/);
  expect(service.signIn).toHaveBeenCalledWith({ email: 'anna@example.org', password: 'четыре слова только мои' });
});

test('goes on to the page that was asked for', async () => {
  vi.mocked(service.signIn).mockResolvedValue({
    ok: true,
    data: { user: anna, accessToken: '', refreshToken: '', expiresAt: new Date(Date.now() + 900_000).toISOString() },
  });
  const { root, router } = await mount(SignInPage, { at: '/sign-in?next=/trash' });
  fill(root);
  fireEvent.submit(root.querySelector('form')!);
  await settle();
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/trash'));
});
