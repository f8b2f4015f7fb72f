/** The uploads of this page, for everything that shows them or begins one. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, triggerRef } from 'vue';
import type { Items, KnownFile } from '@memoryverse/api-client';
import { addMemories } from '@/features/collections/collectionService';
import { useSpaceStore } from '@/features/spaces/spaceStore';
import { api, clientHeader, outcome } from '@/services/api';
import { refreshSession } from '@/services/session';
import { filesOfDrop, filesOfList, pickFiles as choose, type Found } from './fileWalk';
import { createHasher } from './hasher';
import { createLazySender } from './lazySender';
import { openArchive } from './uploadArchive';
import { isOpen, Pace, summarise, type UploadEntry } from './uploadEntry';
import { UploadRunner } from './uploadRunner';

/** Where what is added now belongs, unless the caller says otherwise: the collection that is looked at. */
export interface UploadTarget {
  readonly spaceId?: string | null;
  readonly collectionId?: string | null;
}

async function check(sha256s: string[], spaceId: string | null): Promise<KnownFile[] | null> {
  const body = spaceId === null ? { sha256s } : { sha256s, spaceId };
  const answer = await outcome<Items<KnownFile>>(api.POST('/api/v1/uploads/check', { body }));
  return answer.ok ? answer.data.items : null;
}

export const useUploadStore = defineStore('uploads', () => {
  const entries = shallowRef(new Map<string, UploadEntry>());
  const paused = ref(false);
  const waitsForNetwork = ref(false);
  const folded = ref(false);
  const hidden = ref(true);
  const reading = ref(0);
  const target = shallowRef<UploadTarget>({});
  const secondsLeft = ref<number | null>(null);
  let runner: UploadRunner | null = null;
  let ready = false;
  let frame = 0;
  /** What was brought before it was known for whom. */
  let early: [readonly Found[], UploadTarget][] = [];
  const pace = new Pace();

  const list = computed(() => [...entries.value.values()]);
  const summary = computed(() => summarise(entries.value.values()));
  const isBusy = computed(() => summary.value.left > 0);

  /** Many files change many times a second; the page hears of it once a frame. */
  function tell(): void {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      triggerRef(entries);
      waitsForNetwork.value = runner?.isWaitingForNetwork ?? false;
      const { bytes, bytesDone } = summary.value;
      pace.note(Date.now(), bytesDone);
      secondsLeft.value = paused.value ? null : pace.secondsFor(bytes - bytesDone);
    });
  }

  /** Begins to work for a person, and takes up what their last page left. */
  async function begin(userId: string): Promise<void> {
    if (runner) return;
    runner = new UploadRunner({
      send: createLazySender({
        headers: () => ({ ...clientHeader, 'Accept-Language': document.documentElement.lang || 'ru' }),
      }),
      hash: createHasher(),
      check,
      collect: async (collectionId, memoryId) => void (await addMemories(collectionId, [memoryId])),
      renew: refreshSession,
      archive: openArchive(userId),
      onChange: (entry) => {
        entries.value.set(entry.key, entry);
        tell();
      },
      onGone: (keys) => {
        for (const key of keys) entries.value.delete(key);
        tell();
      },
    });
    // What is added goes to the family's home, so that has to be known first.
    await Promise.all([runner.restore(), useSpaceStore().ensure()]);
    ready = true;
    if (entries.value.size > 0) hidden.value = false;
    for (const [found, where] of early.splice(0)) add(found, where);
  }

  function end(): void {
    runner?.stop();
    runner = null;
    ready = false;
    early = [];
    entries.value = new Map();
    hidden.value = true;
  }

  function add(found: readonly Found[], where: UploadTarget = target.value): void {
    if (found.length === 0) return;
    if (!runner || !ready) {
      early.push([found, where]);
      return;
    }
    // A new batch after an old one that is over begins a new count.
    if (!isBusy.value && summary.value.failed + summary.value.lost === 0) runner.clear();
    hidden.value = false;
    const spaceId = where.spaceId ?? (where.collectionId ? null : (useSpaceStore().home?.id ?? null));
    runner.add(found.map((each) => ({ ...each, spaceId, collectionId: where.collectionId ?? null })));
  }

  async function addDropped(transfer: DataTransfer, where?: UploadTarget): Promise<void> {
    reading.value++;
    try {
      await filesOfDrop(transfer, (found) => add(found, where));
    } finally {
      reading.value--;
    }
  }

  function addFiles(files: Iterable<File>, where?: UploadTarget): void {
    add(filesOfList(files), where);
  }

  async function pickFiles(where?: UploadTarget): Promise<void> {
    add(await choose(false), where);
  }

  async function pickFolder(where?: UploadTarget): Promise<void> {
    add(await choose(true), where);
  }

  function setPaused(value: boolean): void {
    paused.value = value;
    pace.forget();
    if (value) runner?.pause();
    else runner?.resume();
    tell();
  }

  /** Ends the panel: what is over is forgotten, what runs goes on as a chip. */
  function close(): void {
    if (isBusy.value) {
      folded.value = true;
      return;
    }
    runner?.clear();
    hidden.value = true;
    folded.value = false;
  }

  return {
    entries,
    list,
    summary,
    isBusy,
    paused,
    waitsForNetwork,
    folded,
    hidden,
    reading,
    target,
    secondsLeft,
    begin,
    end,
    addDropped,
    addFiles,
    pickFiles,
    pickFolder,
    setPaused,
    close,
    retry: (key: string) => runner?.retry(key),
    retryAll: () => runner?.retryAll(),
    cancel: (key: string) => runner?.cancel(key),
    cancelAll: () => runner?.cancelAll(),
    networkIsBack: () => runner?.networkIsBack(),
    wouldLose: () => runner?.wouldLose ?? false,
    isOpen,
  };
});
