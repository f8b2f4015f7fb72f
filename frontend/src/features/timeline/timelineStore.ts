/**
 * The timeline's memories, by month, as far as they were asked for. Lives longer than the page, so that coming back
 * from a picture finds everything where it was; the viewer walks through the same order.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Problem } from '@/services/problem';
import { UNDATED, type TimelineItem } from './layout/sections';
import type { BucketCount } from './layout/timelineLayout';
import * as service from './timelineService';

export type TimelineStatus = 'idle' | 'loading' | 'ready' | 'failed';

/** Where the reader was, to bring them back there: a memory and how far below the top of the window it stood. */
export interface ReadingPlace {
  readonly id: string | null;
  readonly offset: number;
  readonly top: number;
}

export interface MemoryChange {
  readonly type: 'memory.created' | 'memory.updated' | 'memory.deleted';
  readonly id: string;
  readonly bucket: string;
  readonly previousBucket?: string | undefined;
}

export const useTimelineStore = defineStore('timeline', () => {
  const status = ref<TimelineStatus>('idle');
  const problem = shallowRef<Problem | null>(null);
  const counts = shallowRef<readonly BucketCount[]>([]);
  const months = shallowRef<ReadonlyMap<string, readonly TimelineItem[]>>(new Map());
  const spaceId = ref<string | null>(null);
  const arrived = shallowRef<ReadonlySet<string>>(new Set());
  const place = shallowRef<ReadingPlace | null>(null);
  const failedMonths = shallowRef<ReadonlySet<string>>(new Set());

  const running = new Map<string, Promise<boolean>>();
  let epoch = 0;

  const total = computed(() => counts.value.reduce((sum, each) => sum + each.count, 0));
  const isEmpty = computed(() => status.value === 'ready' && total.value === 0);

  function setMonth(bucket: string, items: readonly TimelineItem[]): void {
    const next = new Map(months.value);
    next.set(bucket, items);
    months.value = next;
  }

  function reset(): void {
    epoch++;
    status.value = 'idle';
    counts.value = [];
    months.value = new Map();
    arrived.value = new Set();
    failedMonths.value = new Set();
    place.value = null;
    running.clear();
  }

  async function load(): Promise<void> {
    if (status.value === 'loading') return;
    const mine = epoch;
    if (status.value !== 'ready') status.value = 'loading';
    const answer = await service.fetchBuckets(spaceId.value);
    if (mine !== epoch) return;
    if (!answer.ok) {
      problem.value = answer.problem;
      // What was there before stays readable; only an empty page has to say that it failed.
      if (counts.value.length === 0) status.value = 'failed';
      return;
    }
    problem.value = null;
    takeCounts(answer.data);
    status.value = 'ready';
  }

  async function choose(space: string | null): Promise<void> {
    if (spaceId.value === space) return;
    spaceId.value = space;
    reset();
    await load();
  }

  function takeCounts(next: readonly BucketCount[]): void {
    const names = new Set(next.map((each) => each.bucket));
    counts.value = next;
    if ([...months.value.keys()].some((name) => !names.has(name))) {
      months.value = new Map([...months.value].filter(([name]) => names.has(name)));
    }
  }

  /** Fetches a month unless it is known or on its way. True when it is known afterwards. */
  function ensure(bucket: string): Promise<boolean> {
    if (months.value.has(bucket)) return Promise.resolve(true);
    return running.get(bucket) ?? fetchMonth(bucket);
  }

  function fetchMonth(bucket: string): Promise<boolean> {
    const mine = epoch;
    const fetching = service.fetchMonth(bucket, spaceId.value).then((answer) => {
      if (running.get(bucket) === fetching) running.delete(bucket);
      if (mine !== epoch) return false;
      const failed = new Set(failedMonths.value);
      if (!answer.ok) failedMonths.value = failed.add(bucket);
      else if (failed.delete(bucket)) failedMonths.value = failed;
      if (!answer.ok) return months.value.has(bucket);
      noteArrivals(bucket, answer.data);
      setMonth(bucket, answer.data);
      return true;
    });
    running.set(bucket, fetching);
    return fetching;
  }

  /** Tries a month again that could not be fetched. */
  function retry(bucket: string): Promise<boolean> {
    const failed = new Set(failedMonths.value);
    failed.delete(bucket);
    failedMonths.value = failed;
    return fetchMonth(bucket);
  }

  /** What was not there a moment ago settles onto the page; what is fetched for the first time is simply there. */
  function noteArrivals(bucket: string, items: readonly TimelineItem[]): void {
    const before = months.value.get(bucket);
    if (!before) return;
    const known = new Set(before.map((item) => item.id));
    const fresh = items.filter((item) => !known.has(item.id)).map((item) => item.id);
    if (fresh.length > 0) arrived.value = new Set(fresh);
  }

  /** Brings counts and the given months up to date; months that nobody looked at yet only change their count. */
  async function refresh(buckets: Iterable<string>): Promise<void> {
    const mine = epoch;
    const answer = await service.fetchBuckets(spaceId.value);
    if (!answer.ok || mine !== epoch) return;
    const wasEmpty = counts.value.length === 0;
    const knownBefore = new Set(counts.value.map((each) => each.bucket));
    takeCounts(answer.data);
    status.value = 'ready';
    const present = new Set(answer.data.map((each) => each.bucket));
    const stale = [...new Set(buckets)].filter(
      (name) => present.has(name) && (months.value.has(name) || wasEmpty || !knownBefore.has(name)),
    );
    await Promise.all(stale.map((name) => fetchMonth(name)));
  }

  /** Where nobody tells of changes: asks for the counts, and for the months that seem to have changed. */
  async function look(): Promise<void> {
    const before = new Map(counts.value.map((each) => [each.bucket, each.count]));
    const stale = [...months.value].filter(([, items]) => items.some((item) => item.state === 'pending'));
    const answer = await service.fetchBuckets(spaceId.value);
    if (!answer.ok) return;
    const changed = answer.data.filter((each) => before.get(each.bucket) !== each.count).map((each) => each.bucket);
    if (changed.length === 0 && stale.length === 0 && answer.data.length === before.size) return;
    await refresh([...changed, ...stale.map(([name]) => name)]);
  }

  /** Shows a change at once, before the server has answered; returns how to take it back. */
  function patch(id: string, change: Partial<TimelineItem>): () => void {
    for (const [bucket, items] of months.value) {
      const index = items.findIndex((item) => item.id === id);
      const before = items[index];
      if (!before) continue;
      setMonth(bucket, items.with(index, { ...before, ...change }));
      return () => {
        const now = months.value.get(bucket);
        const place = now?.findIndex((item) => item.id === id) ?? -1;
        if (now && place >= 0) setMonth(bucket, now.with(place, before));
      };
    }
    return () => undefined;
  }

  /** Takes memories off the page at once; the counts follow. */
  function remove(ids: ReadonlySet<string>): void {
    const next = new Map(months.value);
    const fewer = new Map<string, number>();
    for (const [bucket, items] of months.value) {
      const left = items.filter((item) => !ids.has(item.id));
      if (left.length === items.length) continue;
      fewer.set(bucket, items.length - left.length);
      if (left.length === 0) next.delete(bucket);
      else next.set(bucket, left);
    }
    months.value = next;
    counts.value = counts.value
      .map((each) => ({ bucket: each.bucket, count: each.count - (fewer.get(each.bucket) ?? 0) }))
      .filter((each) => each.count > 0);
  }

  function bucketOf(id: string): string | null {
    for (const [bucket, items] of months.value) if (items.some((item) => item.id === id)) return bucket;
    return null;
  }

  function itemOf(id: string): TimelineItem | null {
    for (const items of months.value.values()) {
      const found = items.find((item) => item.id === id);
      if (found) return found;
    }
    return null;
  }

  /** The memory before or after one in the order of the page, fetching the next month where it must. */
  async function neighbour(id: string, by: 1 | -1): Promise<TimelineItem | null> {
    const bucket = bucketOf(id);
    if (bucket === null) return null;
    const items = months.value.get(bucket) ?? [];
    const inside = items[items.findIndex((item) => item.id === id) + by];
    if (inside) return inside;
    let index = counts.value.findIndex((each) => each.bucket === bucket) + by;
    for (; index >= 0 && index < counts.value.length; index += by) {
      const name = counts.value[index]?.bucket ?? UNDATED;
      if (!(await ensure(name))) return null;
      const found = months.value.get(name)?.at(by === 1 ? 0 : -1);
      if (found) return found;
    }
    return null;
  }

  function forgetArrivals(): void {
    if (arrived.value.size === 0) return;
    arrived.value = new Set();
  }

  return {
    status,
    problem,
    counts,
    months,
    spaceId,
    arrived,
    place,
    failedMonths,
    total,
    isEmpty,
    load,
    choose,
    ensure,
    retry,
    refresh,
    look,
    patch,
    remove,
    reset,
    bucketOf,
    itemOf,
    neighbour,
    forgetArrivals,
  };
});
