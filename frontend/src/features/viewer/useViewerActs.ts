/** What one does with the memory that is looked at. */
import { useI18n } from 'vue-i18n';
import { problemText } from '@/composables/problemText';
import { useToasts } from '@/composables/useToasts';
import { originalUrl } from '@/features/memories/memoryService';
import { useMemoryStore } from '@/features/memories/memoryStore';
import { useTimelineStore } from '@/features/timeline/timelineStore';
import type { useViewer } from './useViewer';

export function useViewerActs(viewer: ReturnType<typeof useViewer>) {
  const { t } = useI18n();
  const { show } = useToasts();
  const store = useMemoryStore();
  const timeline = useTimelineStore();

  async function favour(): Promise<void> {
    const memory = viewer.memory.value;
    if (!memory) return;
    const takeBack = timeline.patch(memory.id, { favourite: !memory.favourite });
    const answer = await store.setFavourite(memory.id, !memory.favourite);
    if (answer.ok) return;
    takeBack();
    show({ text: problemText(answer.problem, t), trouble: true });
  }

  function download(): void {
    const file = viewer.memory.value?.media[0];
    if (!file) return;
    const link = document.createElement('a');
    link.href = originalUrl(file.id, true);
    link.download = file.fileName;
    link.click();
  }

  async function trash(): Promise<void> {
    const memory = viewer.memory.value;
    if (!memory) return;
    const bucket = timeline.bucketOf(memory.id);
    await viewer.leaveGone();
    const answer = await store.trash(memory.id);
    if (!answer.ok) {
      show({ text: problemText(answer.problem, t), trouble: true });
      return;
    }
    timeline.remove(new Set([memory.id]));
    show({
      text: t('timeline.acts.trashed', { count: 1 }),
      action: {
        label: t('timeline.acts.takeBack'),
        run: async () => {
          const back = await store.restore(memory.id);
          if (!back.ok) show({ text: problemText(back.problem, t), trouble: true });
          else if (bucket !== null) await timeline.refresh([bucket]);
        },
      },
    });
  }

  async function restore(): Promise<void> {
    const memory = viewer.memory.value;
    if (!memory) return;
    const answer = await store.restore(memory.id);
    if (!answer.ok) show({ text: problemText(answer.problem, t), trouble: true });
    else await store.load(memory.id);
  }

  return { favour, download, trash, restore };
}
