import { ref, shallowRef, watch, type Ref } from 'vue';
import type { Memory } from '@memoryverse/api-client';
import { useMemoryStore } from '@/features/memories/memoryStore';
import type { Problem } from '@/services/problem';
import { listCollectionMemories, orderMemories } from './collectionService';

// The memories of one album in their order, a page at a time.

export function useCollectionMemories(id: Ref<string>) {
  const memories = useMemoryStore();
  const items = shallowRef<Memory[]>([]);
  const cursor = shallowRef<string>();
  const phase = ref<'loading' | 'ready' | 'failed'>('loading');
  const problem = shallowRef<Problem>();
  const busy = ref(false);
  let round = 0;

  async function load(): Promise<void> {
    const mine = ++round;
    const answer = await listCollectionMemories(id.value);
    if (mine !== round) return;
    problem.value = answer.ok ? undefined : answer.problem;
    phase.value = answer.ok ? 'ready' : 'failed';
    if (!answer.ok) return;
    memories.keepAll(answer.data.items);
    items.value = answer.data.items;
    cursor.value = answer.data.nextCursor;
  }

  async function more(): Promise<void> {
    if (!cursor.value || busy.value) return;
    const mine = round;
    busy.value = true;
    const answer = await listCollectionMemories(id.value, cursor.value);
    busy.value = false;
    if (mine !== round || !answer.ok) return;
    memories.keepAll(answer.data.items);
    items.value = [...items.value, ...answer.data.items];
    cursor.value = answer.data.nextCursor;
  }

  /** Moves one to stand before another (or last), here at once and then at home. */
  async function place(memoryId: string, beforeId: string | undefined): Promise<Problem | undefined> {
    const before = items.value;
    const moved = before.find((memory) => memory.id === memoryId);
    if (!moved || memoryId === beforeId) return undefined;
    const rest = before.filter((memory) => memory.id !== memoryId);
    const at = beforeId === undefined ? rest.length : rest.findIndex((memory) => memory.id === beforeId);
    items.value = [...rest.slice(0, at), moved, ...rest.slice(at)];
    const answer = await orderMemories(id.value, [memoryId], beforeId);
    if (answer.ok) return undefined;
    items.value = before;
    return answer.problem;
  }

  function drop(ids: readonly string[]): void {
    const gone = new Set(ids);
    items.value = items.value.filter((memory) => !gone.has(memory.id));
  }

  watch(
    id,
    () => {
      phase.value = 'loading';
      items.value = [];
      cursor.value = undefined;
      void load();
    },
    { immediate: true },
  );

  return { items, cursor, phase, problem, busy, load, more, place, drop };
}
