import { expect, test } from 'vitest';
import { freshRead } from './freshRead';
import { settle } from '@/testing/mount';
import { done, noNetwork, refused, type Outcome } from './problem';

/** A server that answers when it is told to. */
function slowServer() {
  const waiting: ((answer: Outcome<string[]>) => void)[] = [];
  return {
    ask: () => new Promise<Outcome<string[]>>((resolve) => waiting.push(resolve)),
    answer: async (answer: Outcome<string[]>) => {
      waiting.shift()!(answer);
      await settle();
    },
    get asked() {
      return waiting.length;
    },
  };
}

test('asks once for all who ask at the same time', async () => {
  const server = slowServer();
  const { read } = freshRead(server.ask);
  const both = Promise.all([read(), read()]);
  expect(server.asked).toBe(1);
  await server.answer(done(['home']));
  expect(await both).toEqual([done(['home']), done(['home'])]);
});

test('asks again when something was changed meanwhile', async () => {
  const server = slowServer();
  const { read, changed } = freshRead(server.ask);
  const answer = read();
  changed();
  await server.answer(done([]));
  expect(server.asked).toBe(1);
  await server.answer(done(['home']));
  expect(await answer).toEqual(done(['home']));
});

test('hands a refusal over at once, and asks anew the next time', async () => {
  const server = slowServer();
  const { read, changed } = freshRead(server.ask);
  const first = read();
  changed();
  await server.answer(refused(noNetwork));
  expect(await first).toEqual(refused(noNetwork));
  void read();
  expect(server.asked).toBe(1);
});
