/**
 * Takes files home: looks which are there already, sends the rest four at a time, waits where the network fails, and
 * remembers all of it, so that a reload goes on where it stopped. No Vue here; what changes is told to `onChange`.
 */
import type { KnownFile } from '@memoryverse/api-client';
import type { Hash } from './hasher';
import { LARGEST_HASHED } from './hasher';
import type { Send, Sending, SendFailure } from './tusSender';
import type { UploadArchive } from './uploadArchive';
import { entryOf, isOpen, type UploadEntry, type Wish } from './uploadEntry';

export const AT_ONCE = 4;
/** Hashed and asked for together, so that a folder costs one question for some dozens of files. */
const LOOK_AHEAD = 32;
const LOOK_AHEAD_BYTES = 128 * 1024 * 1024;
const NETWORK_WAIT_MS = 5000;

export interface RunnerOptions {
  readonly send: Send;
  readonly hash: Hash;
  /** Which of these are at home; null when nobody could say, and the bytes are simply sent. */
  readonly check: (sha256s: string[], spaceId: string | null) => Promise<KnownFile[] | null>;
  /** What is at home already still belongs into the collection into which it was dropped. */
  readonly collect: (collectionId: string, memoryId: string) => Promise<void>;
  /** Renews the session after a 401; false when nobody is signed in any more. */
  readonly renew: () => Promise<boolean>;
  readonly archive: UploadArchive;
  readonly onChange: (entry: UploadEntry) => void;
  readonly onGone: (keys: readonly string[]) => void;
  readonly newKey?: () => string;
  readonly now?: () => number;
}

export class UploadRunner {
  private readonly entries = new Map<string, UploadEntry>();
  private readonly files = new Map<string, File>();
  private readonly hashes = new Map<string, string | null>();
  private readonly running = new Map<string, Sending>();
  private readonly renewed = new Set<string>();
  /** Kept over a reload; the others are lost with the page. */
  private readonly kept = new Set<string>();
  private looking = false;
  private firstLook = true;
  private waitsForNetwork = false;
  private networkTimer: ReturnType<typeof setTimeout> | undefined;
  paused = false;

  constructor(private readonly options: RunnerOptions) {}

  get isWaitingForNetwork(): boolean {
    return this.waitsForNetwork;
  }

  /** Whether leaving the page now would lose something. */
  get wouldLose(): boolean {
    for (const entry of this.entries.values()) if (isOpen(entry) && !this.kept.has(entry.key)) return true;
    return false;
  }

  /** Takes up what an earlier page left. */
  async restore(): Promise<void> {
    const done: string[] = [];
    for (const { entry, file } of await this.options.archive.load()) {
      if (!isOpen(entry) && entry.state !== 'failed' && entry.state !== 'lost') {
        done.push(entry.key);
        continue;
      }
      if (file) {
        this.files.set(entry.key, file);
        this.kept.add(entry.key);
      }
      const state = !file ? 'lost' : entry.state === 'failed' ? 'failed' : 'waiting';
      this.put({ ...entry, state });
    }
    if (done.length > 0) await this.options.archive.remove(done);
    this.pump();
  }

  add(wishes: readonly Wish[]): UploadEntry[] {
    const now = this.options.now?.() ?? Date.now();
    const added = wishes.map((wish, index) => {
      const entry = entryOf(wish, this.options.newKey?.() ?? crypto.randomUUID(), now + index / 1000);
      this.forgetLost(entry);
      if (wish.file.size === 0) {
        const empty: UploadEntry = { ...entry, state: 'failed', reasonKey: 'uploads.reason.empty', canRetry: false };
        this.put(empty);
        return empty;
      }
      this.files.set(entry.key, wish.file);
      this.put(entry);
      void this.options.archive.keep(entry, wish.file).then((kept) => kept && this.kept.add(entry.key));
      return entry;
    });
    this.pump();
    return added;
  }

  /** A file that was lost with the page and is brought again takes its old place. */
  private forgetLost(entry: UploadEntry): void {
    for (const old of this.entries.values()) {
      if (old.state !== 'lost' || old.path !== entry.path || old.size !== entry.size) continue;
      this.drop([old.key]);
    }
  }

  pause(): void {
    this.paused = true;
    this.stopAll();
  }

  resume(): void {
    this.paused = false;
    this.networkIsBack();
  }

  retry(key: string): void {
    const entry = this.entries.get(key);
    if (!entry || entry.state !== 'failed' || !this.files.has(key)) return;
    this.renewed.delete(key);
    this.put({ ...entry, state: 'waiting', reason: null, reasonKey: null });
    this.pump();
  }

  retryAll(): void {
    for (const entry of [...this.entries.values()]) if (entry.canRetry) this.retry(entry.key);
  }

  /** Gives one up; what has arrived of it is thrown away at home. */
  cancel(key: string): void {
    this.running.get(key)?.cancel();
    this.running.delete(key);
    this.drop([key]);
    this.pump();
  }

  cancelAll(): void {
    for (const entry of [...this.entries.values()]) if (isOpen(entry)) this.cancel(entry.key);
  }

  /** Forgets all that is over. */
  clear(): void {
    this.drop([...this.entries.values()].filter((entry) => !isOpen(entry)).map((entry) => entry.key));
  }

  networkIsBack(): void {
    clearTimeout(this.networkTimer);
    this.waitsForNetwork = false;
    this.pump();
  }

  /** Stops for good, as when somebody signs out; the archive keeps its own. */
  stop(): void {
    this.paused = true;
    clearTimeout(this.networkTimer);
    this.stopAll();
  }

  private stopAll(): void {
    for (const [key, sending] of this.running) {
      sending.pause();
      const entry = this.entries.get(key);
      if (entry) this.put({ ...entry, state: 'waiting' });
    }
    this.running.clear();
  }

  private put(entry: UploadEntry): void {
    this.entries.set(entry.key, entry);
    this.options.onChange(entry);
  }

  private drop(keys: readonly string[]): void {
    for (const key of keys) {
      this.entries.delete(key);
      this.files.delete(key);
      this.hashes.delete(key);
      this.kept.delete(key);
    }
    this.options.onGone(keys);
    void this.options.archive.remove(keys);
  }

  private finish(key: string, change: Partial<UploadEntry>): void {
    const entry = this.entries.get(key);
    this.running.delete(key);
    if (!entry) return this.pump();
    this.put({ ...entry, sent: entry.size, ...change });
    this.files.delete(key);
    this.hashes.delete(key);
    void this.options.archive.remove([key]);
    this.pump();
  }

  private pump(): void {
    if (this.paused || this.waitsForNetwork) return;
    void this.lookAhead();
    for (const entry of this.entries.values()) {
      if (this.running.size >= AT_ONCE) return;
      if (entry.state === 'waiting' && this.isLookedAt(entry)) this.start(entry);
    }
  }

  private isLookedAt(entry: UploadEntry): boolean {
    return this.hashes.has(entry.key) || entry.uploadUrl !== null || entry.size > LARGEST_HASHED;
  }

  /** Hashes the next files and asks once which of them are at home. */
  private async lookAhead(): Promise<void> {
    if (this.looking) return;
    const next: UploadEntry[] = [];
    let bytes = 0;
    let ready = 0;
    for (const entry of this.entries.values()) {
      if (entry.state !== 'waiting') continue;
      if (this.isLookedAt(entry)) {
        if (++ready >= LOOK_AHEAD) return;
        continue;
      }
      // The first ones begin at once; only then is there time to look farther.
      if (next.length >= (this.firstLook ? AT_ONCE : LOOK_AHEAD) || (next.length > 0 && bytes > LOOK_AHEAD_BYTES))
        break;
      if (next[0] && next[0].spaceId !== entry.spaceId) break;
      next.push(entry);
      bytes += entry.size;
    }
    if (next.length === 0) return;
    this.looking = true;
    this.firstLook = false;
    try {
      await this.look(next);
    } finally {
      this.looking = false;
    }
    this.pump();
  }

  private async look(next: readonly UploadEntry[]): Promise<void> {
    const keysOf = new Map<string, string[]>();
    const hashOf = new Map<string, string | null>();
    for (const entry of next) {
      const file = this.files.get(entry.key);
      const hex = file ? await this.options.hash(file) : null;
      hashOf.set(entry.key, hex);
      if (hex) keysOf.set(hex, [...(keysOf.get(hex) ?? []), entry.key]);
    }
    const known = keysOf.size > 0 ? await this.options.check([...keysOf.keys()], next[0]?.spaceId ?? null) : null;
    for (const file of known ?? []) {
      for (const key of keysOf.get(file.sha256) ?? []) {
        const entry = this.entries.get(key);
        if (!entry || entry.state !== 'waiting') continue;
        if (entry.collectionId && !file.trashed) {
          await this.options.collect(entry.collectionId, file.memoryId).catch(() => undefined);
        }
        this.finish(key, {
          state: 'duplicate',
          memoryId: file.memoryId,
          reasonKey: file.trashed ? 'uploads.reason.inTrash' : null,
        });
      }
    }
    // Only now: whatever else moves the queue on meanwhile must not send what may be at home already.
    for (const [key, hex] of hashOf) if (this.entries.get(key)?.state === 'waiting') this.hashes.set(key, hex);
  }

  private start(entry: UploadEntry): void {
    const file = this.files.get(entry.key);
    const { key } = entry;
    if (!file) return this.put({ ...entry, state: 'lost' });
    this.put({ ...entry, state: 'sending' });
    const sending = this.options.send(entry, file, this.hashes.get(key) ?? null, {
      progress: (sent) => {
        const now = this.entries.get(key);
        if (now?.state === 'sending') this.put({ ...now, sent });
      },
      located: (uploadUrl) => {
        const now = this.entries.get(key);
        if (!now) return;
        this.put({ ...now, uploadUrl });
        if (this.kept.has(key)) void this.options.archive.update({ ...now, uploadUrl, state: 'waiting' });
      },
      done: ({ memoryId, mediaId, duplicate }) => {
        this.finish(key, { state: duplicate ? 'duplicate' : 'home', memoryId, mediaId });
      },
      failed: (failure) => void this.fail(key, failure),
    });
    // Done or failed before it could be noted: nothing runs.
    if (this.entries.get(key)?.state === 'sending') this.running.set(key, sending);
  }

  private async fail(key: string, failure: SendFailure): Promise<void> {
    this.running.delete(key);
    const entry = this.entries.get(key);
    if (!entry) return;
    if (failure.status === 0) return this.loseNetwork(entry);
    if (failure.status === 401 && !this.renewed.has(key)) {
      this.renewed.add(key);
      this.put({ ...entry, state: 'waiting' });
      if (await this.options.renew()) return this.pump();
    }
    // Kept at home for a day or so and now gone: it is sent from the beginning.
    if ((failure.status === 404 || failure.status === 410) && entry.uploadUrl !== null) {
      this.put({ ...entry, state: 'waiting', uploadUrl: null, sent: 0 });
      return this.pump();
    }
    const hopeless = failure.status === 413 || failure.status === 415 || failure.status === 422;
    const failed: UploadEntry = {
      ...entry,
      state: 'failed',
      reason: failure.detail,
      reasonKey: failure.detail === null ? 'uploads.reason.refused' : null,
      canRetry: !hopeless,
    };
    this.put(failed);
    if (this.kept.has(key)) void this.options.archive.update(failed);
    this.pump();
  }

  private async loseNetwork(entry: UploadEntry): Promise<void> {
    const file = this.files.get(entry.key);
    // A file that was moved or changed cannot be read, which looks like a lost network.
    const readable = file !== undefined && (await canRead(file));
    const now = this.entries.get(entry.key);
    if (!now) return;
    if (!readable) {
      this.put({ ...now, state: 'failed', reasonKey: 'uploads.reason.unreadable', canRetry: false });
      return this.pump();
    }
    this.put({ ...now, state: 'waiting' });
    this.waitsForNetwork = true;
    this.options.onChange({ ...now, state: 'waiting' });
    clearTimeout(this.networkTimer);
    this.networkTimer = setTimeout(() => this.networkIsBack(), NETWORK_WAIT_MS);
  }
}

async function canRead(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
