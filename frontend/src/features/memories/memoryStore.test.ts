import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Memory } from '@memoryverse/api-client';
import type { Outcome, Problem } from '@/services/problem';
import { aMemory } from '@/testing/memories';
import * as service from './memoryService';
import { applyPatch, useMemoryStore } from './memoryStore';

vi.mock('./memoryService');

const problem = (status: number): Outcome<never> => ({
  ok: false,
  problem: { key: 'x', status, title: '', detail: '', errors: [] } satisfies Problem,
});
const ok = (memory: Memory): Outcome<Memory> => ({ ok: true, data: memory });

beforeEach(() => setActivePinia(createPinia()));

test('shows a change at once and keeps what the server made of it', async () => {
  const store = useMemoryStore();
  store.keep(aMemory());
  let answer: (value: Outcome<Memory>) => void = () => {};
  vi.mocked(service.patchMemory).mockReturnValue(new Promise((resolve) => (answer = resolve)));
  const done = store.update('memory-1', { title: 'Баня' });
  await Promise.resolve();
  await Promise.resolve();
  expect(store.byId('memory-1')?.title).toBe('Баня');
  answer(ok(aMemory({ title: 'Баня', version: 2 })));
  await done;
  expect(store.byId('memory-1')?.version).toBe(2);
  expect(service.patchMemory).toHaveBeenCalledWith('memory-1', 1, { title: 'Баня' });
});

test('takes the change back when it is refused', async () => {
  const store = useMemoryStore();
  store.keep(aMemory());
  vi.mocked(service.patchMemory).mockResolvedValue(problem(422));
  await store.update('memory-1', { title: 'x' });
  expect(store.byId('memory-1')?.title).toBe('Озеро');
});

test('merges with what somebody else changed elsewhere', async () => {
  const store = useMemoryStore();
  store.keep(aMemory());
  const theirs = aMemory({ description: 'Их слова', version: 2 });
  vi.mocked(service.getMemory).mockResolvedValue(ok(theirs));
  vi.mocked(service.patchMemory)
    .mockResolvedValueOnce(problem(412))
    .mockResolvedValueOnce(ok({ ...theirs, title: 'Баня', version: 3 }));
  const answer = await store.update('memory-1', { title: 'Баня' });
  expect(answer.ok).toBe(true);
  expect(service.patchMemory).toHaveBeenLastCalledWith('memory-1', 2, { title: 'Баня' });
  expect(store.byId('memory-1')).toMatchObject({ title: 'Баня', description: 'Их слова', version: 3 });
  expect(store.conflicts.size).toBe(0);
});

test('asks a person when both changed the same words', async () => {
  const store = useMemoryStore();
  store.keep(aMemory());
  const theirs = aMemory({ title: 'Их имя', version: 2 });
  vi.mocked(service.getMemory).mockResolvedValue(ok(theirs));
  vi.mocked(service.patchMemory).mockResolvedValueOnce(problem(412));
  await store.update('memory-1', { title: 'Моё имя' });
  expect(store.byId('memory-1')?.title).toBe('Их имя');
  expect(store.conflicts.get('memory-1')?.members).toEqual(['title']);

  vi.mocked(service.patchMemory).mockResolvedValueOnce(ok({ ...theirs, title: 'Моё имя', version: 3 }));
  await store.resolve('memory-1', 'mine');
  expect(store.byId('memory-1')?.title).toBe('Моё имя');
  expect(store.conflicts.size).toBe(0);
});

test('takes a favourite back when the home did not hear of it', async () => {
  const store = useMemoryStore();
  store.keep(aMemory());
  vi.mocked(service.setFavourite).mockResolvedValue(problem(0));
  await store.setFavourite('memory-1', true);
  expect(store.byId('memory-1')?.favourite).toBe(false);
});

test('never puts an older version over a newer one', () => {
  const store = useMemoryStore();
  store.keep(aMemory({ version: 3, title: 'Новое' }));
  store.keep(aMemory({ version: 2, title: 'Старое' }));
  expect(store.byId('memory-1')?.title).toBe('Новое');
});

test('shows a place that is taken away as no place', () => {
  const memory = aMemory({ place: { name: 'Сосновка', latitude: 1, longitude: 2 } });
  expect(applyPatch(memory, { place: { name: '' } }).place).toBeUndefined();
  expect(applyPatch(memory, { date: '' }).date).toEqual({ edtf: '', confidence: 'certain', source: 'none' });
});
