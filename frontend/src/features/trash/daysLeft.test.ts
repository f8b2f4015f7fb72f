import { expect, test } from 'vitest';
import { describeDevice } from '@/features/settings/deviceWords';
import { daysLeft } from './daysLeft';

test('counts the days until the trash lets go, the last one as one', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(daysLeft({ purgeAt: '2026-01-31T12:00:00.000Z' }, now)).toBe(30);
  expect(daysLeft({ purgeAt: '2026-01-01T13:00:00.000Z' }, now)).toBe(1);
  expect(daysLeft({ purgeAt: '2025-12-31T13:00:00.000Z' }, now)).toBe(0);
  expect(daysLeft({}, now)).toBe(0);
});

test('knows a machine by what its browser says', () => {
  expect(describeDevice('Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox, Windows');
  expect(describeDevice('Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36')).toBe('Chrome, Android');
  expect(describeDevice('curl/8')).toBe('');
});
