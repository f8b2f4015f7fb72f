/** Hashes files away from the page, so that it stays smooth; one after another, as each is in memory whole. */
/// <reference lib="webworker" />

export interface HashRequest {
  readonly id: number;
  readonly file: Blob;
}
export interface HashReply {
  readonly id: number;
  readonly hex: string | null;
}

let last: Promise<void> = Promise.resolve();

async function hash({ id, file }: HashRequest): Promise<void> {
  let hex: string | null = null;
  try {
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    // The file has gone or cannot be read; sending it will say so in words.
  }
  self.postMessage({ id, hex } satisfies HashReply);
}

self.onmessage = (event: MessageEvent<HashRequest>) => {
  last = last.then(() => hash(event.data));
};
