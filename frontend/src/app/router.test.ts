import { expect, test } from 'vitest';
import { admit, safeNext } from './router';

const page = (name: string, fullPath: string, meta = {}, query = {}) => ({ name, fullPath, meta, query });
const stranger = { initialised: true, signedIn: false, registration: 'invitation' };
const resident = { initialised: true, signedIn: true, registration: 'invitation' };
const entry = { layout: 'entry', open: true } as const;

test('a house without an account shows the welcome, whatever was asked', () => {
  const empty = { initialised: false, signedIn: false, registration: 'open' };
  expect(admit(page('timeline', '/'), empty)).toEqual({ name: 'welcome' });
  expect(admit(page('welcome', '/welcome', entry), empty)).toBe(true);
});

test('a stranger signs in and comes back to where they wanted to go', () => {
  expect(admit(page('timeline', '/'), stranger)).toEqual({ name: 'sign-in' });
  expect(admit(page('collection', '/collections/7?x=1'), stranger)).toEqual({
    name: 'sign-in',
    query: { next: '/collections/7?x=1' },
  });
  expect(admit(page('invite', '/invite/token', entry), stranger)).toBe(true);
  expect(admit(page('welcome', '/welcome', entry), stranger)).toEqual({ name: 'sign-in' });
});

test('the page to register stands only where everybody may', () => {
  expect(admit(page('register', '/register', entry), stranger)).toEqual({ name: 'sign-in' });
  expect(admit(page('register', '/register', entry), { ...stranger, registration: 'open' })).toBe(true);
});

test('who is in does not meet the door again', () => {
  expect(admit(page('sign-in', '/sign-in', entry, { next: '/trash' }), resident)).toBe('/trash');
  expect(admit(page('welcome', '/welcome', entry), resident)).toEqual({ name: 'timeline' });
  expect(admit(page('welcome-family', '/welcome/family', { layout: 'entry' }), resident)).toBe(true);
});

test('only a path of this house may follow signing in', () => {
  for (const bad of [
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '',
    undefined,
    ['/a'],
  ]) {
    expect(safeNext(bad)).toBe('/');
  }
  expect(safeNext('/trash?x=1')).toBe('/trash?x=1');
});
