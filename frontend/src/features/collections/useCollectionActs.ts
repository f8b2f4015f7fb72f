import { useI18n } from 'vue-i18n';
import type { Collection } from '@memoryverse/api-client';
import { problemText } from '@/composables/problemText';
import { useToasts } from '@/composables/useToasts';
import type { Outcome, Problem } from '@/services/problem';
import { siblings } from './collectionTree';
import { useCollectionStore } from './collectionStore';

// What one does with an album as a whole, with words about it and a way back.

export function useCollectionActs() {
  const { t } = useI18n();
  const { show } = useToasts();
  const store = useCollectionStore();

  function tell(problem: Problem): void {
    show({ text: problemText(problem, t), trouble: true });
  }

  function settle(answer: Outcome<unknown> | undefined): boolean {
    if (answer && !answer.ok) tell(answer.problem);
    return answer?.ok ?? false;
  }

  async function shift(collection: Collection, by: -1 | 1): Promise<void> {
    settle(await store.shift(collection.id, by));
  }

  /** After a drag in the tree. */
  async function move(id: string, targetId: string, where: 'before' | 'inside'): Promise<void> {
    const moved = store.byId(id);
    const target = store.byId(targetId);
    if (!moved || !target || moved.id === target.id) return;
    if (where === 'inside') {
      settle(await store.move(id, target.id));
      return;
    }
    const row = siblings(store.collections, target).filter((other) => other.id !== id);
    settle(
      await store.move(
        id,
        target.parentId ?? '',
        row.findIndex((other) => other.id === target.id),
      ),
    );
  }

  async function remove(collection: Collection): Promise<boolean> {
    const answer = await store.remove(collection.id);
    if (!settle(answer)) return false;
    show({
      text: t('collections.removed', { title: collection.title }),
      action: { label: t('collections.takeBack'), run: async () => settle(await store.restore(collection.id)) },
    });
    return true;
  }

  return { shift, move, remove, tell };
}
