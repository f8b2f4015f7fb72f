/**
 * The row in which a picture is looked at: the timeline, an album or the trash, each with its own neighbours.
 */
import { parseEdtf } from '@memoryverse/dates';
import type { Memory } from '@memoryverse/api-client';
import { getCollection, listCollectionMemories } from '@/features/collections/collectionService';
import { listTrash } from '@/features/trash/trashService';
import { UNDATED } from '@/features/timeline/layout/sections';
import type { useTimelineStore } from '@/features/timeline/timelineStore';
import type { Outcome } from '@/services/problem';
import type { Page } from '@memoryverse/api-client';

/** What is needed to draw a neighbour in the strip and to fetch its picture ahead. */
export interface Neighbour {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly edtf: string;
  readonly mediaId: string | null;
  readonly thumbhash: string | null;
  readonly ratio: number | null;
  readonly hasPicture: boolean;
}

export interface MemoryOrder {
  /** Some before and some after, the one itself among them. */
  around(memory: Memory, span: number): Promise<Neighbour[]>;
  /** Where one is, for the bar: the key of a sentence and its values; null where nothing is worth saying. */
  place(memory: Memory): { key: string; values: Record<string, unknown> } | null;
  /** Where closing leads. */
  readonly home: string;
}

export function bucketOfDate(edtf: string): string {
  if (edtf === '') return UNDATED;
  const parsed = parseEdtf(edtf);
  return parsed.ok ? parsed.date.bucket : UNDATED;
}

export function timelineOrder(store: ReturnType<typeof useTimelineStore>): MemoryOrder {
  return {
    home: '/',
    async around(memory, span) {
      if (store.counts.length === 0) await store.load();
      // Reached by a link, its month is not known yet.
      if (store.bucketOf(memory.id) === null) await store.ensure(bucketOfDate(memory.date.edtf));
      const before: Neighbour[] = [];
      const after: Neighbour[] = [];
      for (const [list, by] of [
        [before, -1],
        [after, 1],
      ] as const) {
        let at = memory.id;
        for (let count = 0; count < span; count++) {
          const next = await store.neighbour(at, by);
          if (!next) break;
          list.push({ ...next, hasPicture: next.state === 'ready' && next.thumbhash !== null });
          at = next.id;
        }
      }
      return [...before.reverse(), neighbourOf(memory), ...after];
    },
    place(memory) {
      const bucket = store.bucketOf(memory.id);
      if (bucket !== UNDATED) return null;
      const items = store.months.get(UNDATED) ?? [];
      const index = items.findIndex((item) => item.id === memory.id) + 1;
      return { key: 'viewer.place.shelf', values: { index, count: items.length } };
    },
  };
}

export function neighbourOf(memory: Memory): Neighbour {
  const [first] = memory.media;
  return {
    id: memory.id,
    title: memory.title,
    type: memory.type,
    edtf: memory.date.edtf,
    mediaId: first?.id ?? null,
    thumbhash: first?.thumbhash ?? null,
    ratio: first?.width && first.height ? first.width / first.height : null,
    hasPicture: first?.state === 'ready' && first.thumbhash !== undefined,
  };
}

/** A list that is fetched page by page until the one that is looked at and its neighbours are in it. */
function pagedOrder(
  fetchPage: (cursor: string | undefined) => Promise<Outcome<Page<Memory>>>,
  home: string,
  key: string,
  nameOf: () => Promise<string>,
): MemoryOrder {
  const known: Memory[] = [];
  let cursor: string | undefined;
  let ended = false;
  let name = '';
  const named = nameOf().then((found) => (name = found));

  async function more(): Promise<boolean> {
    if (ended) return false;
    const answer = await fetchPage(cursor);
    if (!answer.ok) return false;
    known.push(...answer.data.items);
    cursor = answer.data.nextCursor;
    ended = cursor === undefined;
    return answer.data.items.length > 0;
  }

  return {
    home,
    async around(memory, span) {
      await named;
      let index = known.findIndex((each) => each.id === memory.id);
      while ((index < 0 || index + span >= known.length) && (await more())) {
        index = known.findIndex((each) => each.id === memory.id);
      }
      if (index < 0) return [neighbourOf(memory)];
      return known.slice(Math.max(0, index - span), index + span + 1).map(neighbourOf);
    },
    place(memory) {
      const index = known.findIndex((each) => each.id === memory.id) + 1;
      return index > 0 ? { key, values: { name, index, count: known.length, more: ended ? '' : '+' } } : null;
    },
  };
}

export function collectionOrder(id: string): MemoryOrder {
  return pagedOrder(
    (cursor) => listCollectionMemories(id, cursor),
    `/collections/${id}`,
    'viewer.place.collection',
    async () => {
      const answer = await getCollection(id);
      return answer.ok ? answer.data.title : '';
    },
  );
}

export function trashOrder(): MemoryOrder {
  return pagedOrder(
    (cursor) => listTrash(cursor),
    '/trash',
    'viewer.place.trash',
    () => Promise.resolve(''),
  );
}
