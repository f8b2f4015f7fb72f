/**
 * The queue outlives the page: entries and files are kept in IndexedDB until they are home.
 *
 * A browser keeps a `File` by reference to its own copy or to the file on disk (Chromium and Firefox copy small ones,
 * Safari copies all), within the quota of the site. So files are kept up to `LARGEST_KEPT` in all; what lies beyond it is
 * sent all the same, but cannot be resumed after a reload, and the page warns before it is left. A file that was changed
 * or moved meanwhile cannot be read any more and is reported as lost.
 */
import type { UploadEntry } from './uploadEntry';

export const LARGEST_KEPT = 4 * 1024 * 1024 * 1024;

export interface Kept {
  readonly entry: UploadEntry;
  readonly file: File | null;
}

export interface UploadArchive {
  /** All that was kept, oldest first; nothing where a browser keeps nothing (private windows of some). */
  load(): Promise<Kept[]>;
  /** False when the file could not be kept. */
  keep(entry: UploadEntry, file: File): Promise<boolean>;
  update(entry: UploadEntry): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

const DATABASE = 'memoryverse-uploads';
const ENTRIES = 'entries';
const FILES = 'files';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

/** @param user whose queue it is: another person at the same computer must not send it under their name */
export function openArchive(user: string): UploadArchive {
  let opened: Promise<IDBDatabase> | null = null;
  const sizes = new Map<string, number>();

  function open(): Promise<IDBDatabase> {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(`${DATABASE}-${user}`, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(ENTRIES, { keyPath: 'key' });
        request.result.createObjectStore(FILES);
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  return {
    async load() {
      try {
        const database = await open();
        const transaction = database.transaction([ENTRIES, FILES]);
        const entries = (await settled(transaction.objectStore(ENTRIES).getAll())) as UploadEntry[];
        const files = transaction.objectStore(FILES);
        const kept: Kept[] = [];
        for (const entry of entries.sort((one, other) => one.addedAt - other.addedAt)) {
          const file = (await settled(files.get(entry.key))) as File | undefined;
          if (file) sizes.set(entry.key, entry.size);
          kept.push({ entry, file: file ?? null });
        }
        return kept;
      } catch {
        return [];
      }
    },

    async keep(entry, file) {
      try {
        let held = entry.size;
        for (const size of sizes.values()) held += size;
        const fits = held <= LARGEST_KEPT;
        const database = await open();
        const transaction = database.transaction([ENTRIES, FILES], 'readwrite');
        transaction.objectStore(ENTRIES).put(entry);
        if (fits) transaction.objectStore(FILES).put(file, entry.key);
        await finished(transaction);
        if (fits) sizes.set(entry.key, entry.size);
        return fits;
      } catch {
        return false;
      }
    },

    async update(entry) {
      try {
        const transaction = (await open()).transaction(ENTRIES, 'readwrite');
        transaction.objectStore(ENTRIES).put(entry);
        await finished(transaction);
      } catch {
        // It is sent all the same; only a reload would begin it anew.
      }
    },

    async remove(keys) {
      try {
        const transaction = (await open()).transaction([ENTRIES, FILES], 'readwrite');
        for (const key of keys) {
          transaction.objectStore(ENTRIES).delete(key);
          transaction.objectStore(FILES).delete(key);
          sizes.delete(key);
        }
        await finished(transaction);
      } catch {
        // At worst it is offered again, and found to be here already.
      }
    },
  };
}
