/** Sends one file by tus 1.0.0: in chunks, resumed where it stopped, tried again when the network fails. */
import { DetailedError, Upload, type HttpResponse } from 'tus-js-client';
import type { UploadEntry } from './uploadEntry';

export const ENDPOINT = '/api/v1/uploads';
export const CHUNK_BYTES = 8 * 1024 * 1024;
/** Waits before each further try, in milliseconds; a home server may need a minute to start again. */
const TRIES = [500, 1500, 4000, 10_000, 20_000, 30_000];

export interface Sent {
  readonly memoryId: string | null;
  readonly mediaId: string | null;
  readonly duplicate: boolean;
}

export interface SendFailure {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The server's own sentence, in the reader's language. */
  readonly detail: string | null;
  /** Stable key of the problem. */
  readonly key: string | null;
}

export interface SendListener {
  progress(sent: number): void;
  /** Where it can be resumed after a reload. */
  located(url: string): void;
  done(sent: Sent): void;
  failed(failure: SendFailure): void;
}

export interface Sending {
  /** Stops; what has arrived stays at home for a while, to go on from there. */
  pause(): void;
  /** Stops for good and lets the server throw away what has arrived. */
  cancel(): void;
}

export type Send = (entry: UploadEntry, file: File, sha256: string | null, listener: SendListener) => Sending;

export interface TusOptions {
  readonly endpoint?: string;
  readonly headers?: () => Record<string, string>;
  readonly tries?: number[];
  readonly chunkBytes?: number;
}

export function problemOf(error: Error): SendFailure {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return { status: 0, detail: null, key: null };
  try {
    const body = JSON.parse(response.getBody()) as { detail?: unknown; type?: unknown };
    return {
      status: response.getStatus(),
      detail: typeof body.detail === 'string' && body.detail !== '' ? body.detail : null,
      key: typeof body.type === 'string' ? (body.type.split(/[/:]/).at(-1) ?? null) : null,
    };
  } catch {
    return { status: response.getStatus(), detail: null, key: null };
  }
}

export function createTusSender(options: TusOptions = {}): Send {
  return (entry, file, sha256, listener) => {
    let stopped = false;

    function finish(sent: Sent): void {
      if (stopped) return;
      stopped = true;
      listener.done(sent);
    }

    /** The answer with the memory's id is the last one, also where bytes are left: these are at home already. */
    function readIds(response: HttpResponse): void {
      const memoryId = response.getHeader('Memory-Id');
      if (!memoryId || stopped) return;
      finish({
        memoryId,
        mediaId: response.getHeader('Media-Id') ?? null,
        duplicate: response.getHeader('Upload-Duplicate') === 'true',
      });
      void upload.abort(false);
    }

    const metadata: Record<string, string> = { filename: file.name };
    if (file.type) metadata.filetype = file.type;
    if (sha256) metadata.sha256 = sha256;
    if (entry.spaceId) metadata.spaceId = entry.spaceId;
    if (entry.collectionId) metadata.collectionId = entry.collectionId;

    const upload = new Upload(file, {
      endpoint: options.endpoint ?? ENDPOINT,
      uploadUrl: entry.uploadUrl,
      chunkSize: options.chunkBytes ?? CHUNK_BYTES,
      retryDelays: options.tries ?? TRIES,
      // The bytes of a small file go with its creation: one request instead of two.
      uploadDataDuringCreation: true,
      // Our own archive remembers the address, together with the file.
      storeFingerprintForResuming: false,
      metadata,
      onBeforeRequest: (request) => {
        for (const [name, value] of Object.entries(options.headers?.() ?? {})) request.setHeader(name, value);
      },
      onAfterResponse: (_request, response) => readIds(response),
      onUploadUrlAvailable: () => {
        if (upload.url && !stopped) listener.located(upload.url);
      },
      onProgress: (bytes) => !stopped && listener.progress(bytes),
      onSuccess: () => finish({ memoryId: null, mediaId: null, duplicate: false }),
      onError: (error) => !stopped && listener.failed(problemOf(error)),
    });
    upload.start();
    return {
      pause: () => {
        stopped = true;
        void upload.abort(false);
      },
      cancel: () => {
        stopped = true;
        void upload.abort(upload.url !== null).catch(() => undefined);
      },
    };
  };
}
