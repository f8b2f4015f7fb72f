/**
 * SHA-256 of files before they are sent, to find out without sending whether they are at home already.
 *
 * Browsers hash only what lies in memory whole, and only on a safe origin (HTTPS, or this computer). Above the bound or
 * without that, nothing is asked and the server finds the duplicate after the bytes have come.
 */
import type { HashReply, HashRequest } from './hashWorker';

export const LARGEST_HASHED = 64 * 1024 * 1024;

export type Hash = (file: Blob) => Promise<string | null>;

export function createHasher(): Hash {
  let worker: Worker | null = null;
  let next = 1;
  const waiting = new Map<number, (hex: string | null) => void>();

  function start(): Worker {
    const made = new Worker(new URL('./hashWorker.ts', import.meta.url), { type: 'module' });
    made.onmessage = (event: MessageEvent<HashReply>) => {
      waiting.get(event.data.id)?.(event.data.hex);
      waiting.delete(event.data.id);
    };
    made.onerror = () => {
      for (const answer of waiting.values()) answer(null);
      waiting.clear();
    };
    return made;
  }

  return (file) => {
    if (file.size > LARGEST_HASHED || typeof Worker === 'undefined' || !globalThis.crypto?.subtle) {
      return Promise.resolve(null);
    }
    worker ??= start();
    const id = next++;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      worker?.postMessage({ id, file } satisfies HashRequest);
    });
  };
}
