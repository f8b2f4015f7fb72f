import { describe, expect, it, vi } from 'vitest';
import type { KnownFile } from '@memoryverse/api-client';
import type { Send, SendFailure, SendListener } from './tusSender';
import type { Kept, UploadArchive } from './uploadArchive';
import type { UploadEntry } from './uploadEntry';
import { AT_ONCE, UploadRunner, type RunnerOptions } from './uploadRunner';

const fileOf = (name: string, text = name) => new File([text], name, { type: 'image/jpeg', lastModified: 1 });
const wishOf = (name: string, text?: string) => ({ file: fileOf(name, text), path: name });
const settle = () => new Promise((resolve) => setTimeout(resolve, 0)).then(() => new Promise((r) => setTimeout(r, 0)));

class MemoryArchive implements UploadArchive {
  readonly kept = new Map<string, Kept>();
  load() {
    return Promise.resolve([...this.kept.values()]);
  }
  keep(entry: UploadEntry, file: File) {
    this.kept.set(entry.key, { entry, file });
    return Promise.resolve(true);
  }
  update(entry: UploadEntry) {
    this.kept.set(entry.key, { entry, file: this.kept.get(entry.key)?.file ?? null });
    return Promise.resolve();
  }
  remove(keys: readonly string[]) {
    for (const key of keys) this.kept.delete(key);
    return Promise.resolve();
  }
}

function house(overrides: Partial<RunnerOptions> = {}) {
  const entries = new Map<string, UploadEntry>();
  const sending = new Map<string, SendListener>();
  const paused: string[] = [];
  const cancelled: string[] = [];
  const archive = new MemoryArchive();
  let next = 0;
  const send: Send = (entry, _file, _hash, listener) => {
    sending.set(entry.name, listener);
    return {
      pause: () => void paused.push(entry.name),
      cancel: () => void cancelled.push(entry.name),
    };
  };
  const runner = new UploadRunner({
    send,
    hash: async (file) => `hash of ${await file.text()}`,
    check: () => Promise.resolve([]),
    collect: () => Promise.resolve(),
    renew: () => Promise.resolve(true),
    archive,
    onChange: (entry) => entries.set(entry.key, entry),
    onGone: (keys) => keys.forEach((key) => entries.delete(key)),
    newKey: () => `key-${next++}`,
    now: () => 1000,
    ...overrides,
  });
  const stateOf = (name: string) => [...entries.values()].find((entry) => entry.name === name)?.state;
  const entryNamed = (name: string) => [...entries.values()].find((entry) => entry.name === name);
  return { runner, entries, sending, paused, cancelled, archive, stateOf, entryNamed };
}

const done = { memoryId: 'm', mediaId: 'f', duplicate: false };
const failure = (status: number, detail: string | null = null): SendFailure => ({ status, detail, key: null });

describe('bringing files home', () => {
  it('sends four at a time and the next one when a place becomes free', async () => {
    const home = house();
    home.runner.add(Array.from({ length: 7 }, (_, index) => wishOf(`${index}.jpg`)));
    await settle();
    expect(home.sending.size).toBe(AT_ONCE);
    home.sending.get('0.jpg')?.done(done);
    await settle();
    expect(home.sending.size).toBe(AT_ONCE + 1);
    expect(home.stateOf('0.jpg')).toBe('home');
    expect(home.entryNamed('0.jpg')?.memoryId).toBe('m');
  });

  it('does not send what is at home already, and puts it into the album all the same', async () => {
    const collect = vi.fn(() => Promise.resolve());
    const check = vi.fn(async (hashes: string[]) =>
      hashes.filter((hash) => hash.endsWith('old')).map((sha256) => ({ sha256, memoryId: 'known', trashed: false })),
    );
    const home = house({ check, collect });
    home.runner.add([
      { ...wishOf('a.jpg', 'old'), collectionId: 'album' },
      { ...wishOf('b.jpg', 'new'), collectionId: 'album' },
    ]);
    await settle();
    expect(check).toHaveBeenCalledTimes(1);
    expect([...home.sending.keys()]).toEqual(['b.jpg']);
    expect(home.entryNamed('a.jpg')).toMatchObject({ state: 'duplicate', memoryId: 'known' });
    expect(collect).toHaveBeenCalledWith('album', 'known');
  });

  it('does not send what is being asked about, whatever is added meanwhile', async () => {
    const answers: ((known: KnownFile[]) => void)[] = [];
    const home = house({ check: () => new Promise((resolve) => answers.push(resolve)) });
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    home.runner.add([wishOf('b.jpg')]);
    await settle();
    expect(home.sending.size).toBe(0);
    answers.shift()?.([{ sha256: 'hash of a.jpg', memoryId: 'known', trashed: false }]);
    await settle();
    expect(home.stateOf('a.jpg')).toBe('duplicate');
    answers.shift()?.([]);
    await settle();
    expect([...home.sending.keys()]).toEqual(['b.jpg']);
  });

  it('says of a duplicate in the trash where it lies', async () => {
    const home = house({
      check: (hashes) => Promise.resolve(hashes.map((sha256) => ({ sha256, memoryId: 'known', trashed: true }))),
    });
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    expect(home.entryNamed('a.jpg')).toMatchObject({ state: 'duplicate', reasonKey: 'uploads.reason.inTrash' });
  });

  it('sends all the same where nobody can say what is at home', async () => {
    const home = house({ check: () => Promise.resolve(null) });
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    expect(home.stateOf('a.jpg')).toBe('sending');
  });

  it('has a clear word for an empty file and never sends it', async () => {
    const home = house();
    home.runner.add([wishOf('empty.jpg', '')]);
    await settle();
    expect(home.sending.size).toBe(0);
    expect(home.entryNamed('empty.jpg')).toMatchObject({
      state: 'failed',
      reasonKey: 'uploads.reason.empty',
      canRetry: false,
    });
  });

  it('keeps the reason of a refusal and tries again when asked', async () => {
    const home = house();
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    home.sending.get('a.jpg')?.failed(failure(507, 'На диске дома нет места.'));
    await settle();
    expect(home.entryNamed('a.jpg')).toMatchObject({
      state: 'failed',
      reason: 'На диске дома нет места.',
      canRetry: true,
    });
    home.runner.retryAll();
    await settle();
    expect(home.stateOf('a.jpg')).toBe('sending');
  });

  it('does not offer to try what can never succeed', async () => {
    const home = house();
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    home.sending.get('a.jpg')?.failed(failure(413, 'Слишком велик.'));
    await settle();
    expect(home.entryNamed('a.jpg')?.canRetry).toBe(false);
  });

  it('waits for the network instead of failing, and goes on when it is back', async () => {
    const home = house();
    home.runner.add([wishOf('a.jpg'), wishOf('b.jpg')]);
    await settle();
    home.sending.get('a.jpg')?.failed(failure(0));
    await settle();
    expect(home.stateOf('a.jpg')).toBe('waiting');
    expect(home.runner.isWaitingForNetwork).toBe(true);
    home.sending.clear();
    home.runner.networkIsBack();
    await settle();
    expect([...home.sending.keys()]).toEqual(['a.jpg']);
    home.runner.stop();
  });

  it('renews a session that has run out, once', async () => {
    const renew = vi.fn(() => Promise.resolve(true));
    const home = house({ renew });
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    home.sending.get('a.jpg')?.failed(failure(401));
    await settle();
    expect(home.stateOf('a.jpg')).toBe('sending');
    home.sending.get('a.jpg')?.failed(failure(401, 'Войдите ещё раз.'));
    await settle();
    expect(renew).toHaveBeenCalledTimes(1);
    expect(home.stateOf('a.jpg')).toBe('failed');
  });

  it('begins anew where what had been sent is gone from home', async () => {
    const home = house();
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    home.sending.get('a.jpg')?.located('/api/v1/uploads/1');
    home.sending.get('a.jpg')?.failed(failure(410));
    await settle();
    expect(home.entryNamed('a.jpg')).toMatchObject({ state: 'sending', uploadUrl: null, sent: 0 });
  });

  it('pauses what runs and goes on with it', async () => {
    const home = house();
    home.runner.add([wishOf('a.jpg')]);
    await settle();
    home.runner.pause();
    expect(home.paused).toEqual(['a.jpg']);
    expect(home.stateOf('a.jpg')).toBe('waiting');
    home.sending.clear();
    home.runner.resume();
    await settle();
    expect(home.sending.has('a.jpg')).toBe(true);
  });

  it('gives one up and leaves nothing of it', async () => {
    const home = house();
    const [entry] = home.runner.add([wishOf('a.jpg')]);
    await settle();
    home.runner.cancel(entry!.key);
    expect(home.cancelled).toEqual(['a.jpg']);
    expect(home.entries.size).toBe(0);
    expect(home.archive.kept.size).toBe(0);
  });

  it('goes on after the page was reloaded, where it had stopped', async () => {
    const before = house();
    before.runner.add([wishOf('a.jpg'), wishOf('b.jpg')]);
    await settle();
    before.sending.get('a.jpg')?.located('/api/v1/uploads/7');
    before.sending.get('b.jpg')?.done(done);
    await settle();
    expect(before.runner.wouldLose).toBe(false);
    const after = house({ archive: before.archive });
    const sent: (string | null)[] = [];
    const again = new UploadRunner({
      ...after.runner['options'],
      send: (entry) => {
        sent.push(entry.uploadUrl);
        return { pause: () => undefined, cancel: () => undefined };
      },
    });
    await again.restore();
    await settle();
    expect(sent).toEqual(['/api/v1/uploads/7']);
    expect([...after.entries.values()].map((entry) => entry.name)).toEqual(['a.jpg']);
  });

  it('asks for a file again that could not be kept, and takes it back into its place', async () => {
    const archive = new MemoryArchive();
    archive.keep = (entry) => {
      archive.kept.set(entry.key, { entry, file: null });
      return Promise.resolve(false);
    };
    const before = house({ archive });
    before.runner.add([wishOf('a.jpg')]);
    await settle();
    expect(before.runner.wouldLose).toBe(true);
    const after = house({ archive });
    await after.runner.restore();
    expect(after.stateOf('a.jpg')).toBe('lost');
    after.runner.add([{ file: fileOf('a.jpg'), path: 'a.jpg' }]);
    await settle();
    expect([...after.entries.values()].map((entry) => entry.state)).toEqual(['sending']);
  });
});
