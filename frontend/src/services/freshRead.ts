import type { Outcome } from './problem';

export interface FreshRead<T> {
  /** Reads anew; calls at the same time share one answer. */
  read(): Promise<Outcome<T>>;
  /** Something was changed by this page: an answer that was asked for before would undo it here. */
  changed(): void;
}

/** Reads a list that this page also changes, and asks again where it changed while the answer was under way. */
export function freshRead<T>(ask: () => Promise<Outcome<T>>): FreshRead<T> {
  let changes = 0;
  let reading: Promise<Outcome<T>> | undefined;

  async function readUntilFresh(): Promise<Outcome<T>> {
    const before = changes;
    const answer = await ask();
    return answer.ok && before !== changes ? readUntilFresh() : answer;
  }

  return {
    read: () => (reading ??= readUntilFresh().finally(() => (reading = undefined))),
    changed: () => void changes++,
  };
}
