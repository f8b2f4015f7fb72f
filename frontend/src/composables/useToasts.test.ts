import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { flushToasts, holdToasts, releaseToasts, runToastAction, showToast, useToasts } from './useToasts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  flushToasts();
  vi.useRealTimers();
});

test('goes by itself, and says so once', () => {
  const gone = vi.fn();
  showToast({ text: 'Убрано', gone });
  vi.advanceTimersByTime(7_900);
  expect(useToasts().toasts).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(useToasts().toasts).toHaveLength(0);
  expect(gone).toHaveBeenCalledTimes(1);
});

test('waits while somebody reads it', () => {
  showToast({ text: 'Убрано' });
  vi.advanceTimersByTime(7_000);
  holdToasts();
  vi.advanceTimersByTime(60_000);
  expect(useToasts().toasts).toHaveLength(1);
  releaseToasts();
  vi.advanceTimersByTime(2_100);
  expect(useToasts().toasts).toHaveLength(0);
});

test('the way back runs instead of the end', () => {
  const run = vi.fn();
  const gone = vi.fn();
  showToast({ text: 'Убрано', action: { label: 'Вернуть', run }, gone });
  runToastAction(useToasts().toasts[0]!);
  expect(run).toHaveBeenCalledTimes(1);
  expect(gone).not.toHaveBeenCalled();
});

test('a trouble stays until it is closed', () => {
  showToast({ text: 'Не вышло', trouble: true });
  vi.advanceTimersByTime(600_000);
  expect(useToasts().toasts).toHaveLength(1);
});
