/** What one does with several pictures at once: favourites, the trash with a way back, download. */
import { useI18n } from 'vue-i18n';
import { problemText } from '@/composables/problemText';
import { useToasts } from '@/composables/useToasts';
import { originalUrl, restoreMemories, setFavourite, trashMemories } from '@/features/memories/memoryService';
import { useTimelineStore } from './timelineStore';

/** A browser asks before it saves many files, so a page saves no more than these at a time. */
export const MOST_DOWNLOADS = 50;

export function useTimelineActs() {
  const store = useTimelineStore();
  const { t } = useI18n();
  const { show } = useToasts();

  /** Shows all as favourites at once, and takes back those that were refused. */
  async function favour(ids: readonly string[], favourite: boolean): Promise<void> {
    const takeBack = new Map(ids.map((id) => [id, store.patch(id, { favourite })]));
    let problem = null;
    for (const id of ids) {
      const answer = await setFavourite(id, favourite);
      if (answer.ok) continue;
      problem = answer.problem;
      takeBack.get(id)?.();
    }
    if (problem) show({ text: problemText(problem, t), trouble: true });
  }

  /** Moves to the trash; the pictures are gone from the page at once and come back with the undo. */
  async function trash(ids: readonly string[]): Promise<void> {
    const buckets = new Set(ids.map((id) => store.bucketOf(id)).filter((bucket) => bucket !== null));
    store.remove(new Set(ids));
    const answer = await trashMemories([...ids]);
    if (!answer.ok) {
      await store.refresh(buckets);
      show({ text: problemText(answer.problem, t), trouble: true });
      return;
    }
    if (answer.data.refused.length > 0) {
      await store.refresh(buckets);
      show({ text: t('timeline.acts.trashRefused', { count: answer.data.refused.length }), trouble: true });
    }
    const { done } = answer.data;
    if (done.length === 0) return;
    show({
      text: t('timeline.acts.trashed', { count: done.length }),
      action: {
        label: t('timeline.acts.takeBack'),
        run: async () => {
          const back = await restoreMemories(done);
          if (!back.ok) show({ text: problemText(back.problem, t), trouble: true });
          await store.refresh(buckets);
        },
      },
    });
  }

  /** Saves the originals, one after another, under their own names. */
  async function download(ids: readonly string[]): Promise<void> {
    const media = ids.map((id) => store.itemOf(id)?.mediaId ?? null).filter((id) => id !== null);
    if (media.length > MOST_DOWNLOADS) show({ text: t('timeline.acts.downloadFirst', { count: MOST_DOWNLOADS }) });
    for (const mediaId of media.slice(0, MOST_DOWNLOADS)) {
      const link = document.createElement('a');
      link.href = originalUrl(mediaId, true);
      link.download = '';
      link.click();
      // Browsers drop downloads that begin in the same moment.
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  return { favour, trash, download };
}
