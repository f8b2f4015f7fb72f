/** The whole page takes files: dropped from outside, or pasted. What is dragged inside of the page is not meant. */
import { onScopeDispose, ref } from 'vue';
import { useUploadStore } from './uploadStore';

export function useDropZone() {
  const uploads = useUploadStore();
  const over = ref(false);
  // Leaving one element and entering the next come in either order, so they are counted.
  let depth = 0;

  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

  function onEnter(event: DragEvent): void {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth++;
    over.value = true;
  }
  function onOver(event: DragEvent): void {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  }
  function onLeave(event: DragEvent): void {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) over.value = false;
  }
  function onDrop(event: DragEvent): void {
    if (!carriesFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    depth = 0;
    over.value = false;
    void uploads.addDropped(event.dataTransfer);
  }
  function onPaste(event: ClipboardEvent): void {
    const files = event.clipboardData?.files;
    const inField = (event.target as HTMLElement | null)?.closest?.('input, textarea, [contenteditable]');
    if (!files || files.length === 0 || inField) return;
    event.preventDefault();
    uploads.addFiles(files);
  }
  function onLeavePage(event: BeforeUnloadEvent): void {
    if (uploads.wouldLose()) event.preventDefault();
  }
  const onOnline = () => uploads.networkIsBack();

  window.addEventListener('dragenter', onEnter);
  window.addEventListener('dragover', onOver);
  window.addEventListener('dragleave', onLeave);
  window.addEventListener('drop', onDrop);
  window.addEventListener('paste', onPaste);
  window.addEventListener('beforeunload', onLeavePage);
  window.addEventListener('online', onOnline);
  onScopeDispose(() => {
    window.removeEventListener('dragenter', onEnter);
    window.removeEventListener('dragover', onOver);
    window.removeEventListener('dragleave', onLeave);
    window.removeEventListener('drop', onDrop);
    window.removeEventListener('paste', onPaste);
    window.removeEventListener('beforeunload', onLeavePage);
    window.removeEventListener('online', onOnline);
  });
  return { over };
}
