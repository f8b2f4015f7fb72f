/**
 * One picture from coarse to fine: the preview that lies in the cache, then 1080, then 2048, and the original once
 * somebody looks so close that more can be seen in it. Never goes back to a coarser one.
 */
import { onBeforeUnmount, ref, watch, type ComputedRef, type Ref } from 'vue';
import type { MediaItem } from '@memoryverse/api-client';
import { pictures } from '@/features/timeline/pictureQueue';

const SHOWN_BY_BROWSERS = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'];
/** An original beyond this is looked at in its preview: some 40 megapixels fill the memory of a phone. */
const LARGEST_ORIGINAL = 40_000_000;

interface Options {
  readonly media: ComputedRef<MediaItem | undefined>;
  readonly scale: ComputedRef<number>;
  readonly width: () => number;
  readonly preview: (id: string, size: 256 | 1080 | 2048) => string;
  readonly original: (id: string) => string;
}

export function useFinerPicture(options: Options): { src: Ref<string | null>; failed: Ref<boolean> } {
  const src = ref<string | null>(null);
  const failed = ref(false);
  let level = 0;
  let asking = 0;
  let id: string | null = null;
  let image: HTMLImageElement | null = null;

  function stop(): void {
    if (image) image.src = '';
    image = null;
    asking = 0;
  }

  function urls(media: MediaItem): string[] {
    const list = [options.preview(media.id, 256), options.preview(media.id, 1080), options.preview(media.id, 2048)];
    const pixels = (media.width ?? 0) * (media.height ?? 0);
    const larger = Math.max(media.width ?? 0, media.height ?? 0) > 2048;
    if (larger && pixels <= LARGEST_ORIGINAL && SHOWN_BY_BROWSERS.includes(media.mimeType)) {
      list.push(options.original(media.id));
    }
    return list;
  }

  /** How fine it has to be for the pixels of this screen. */
  function wanted(media: MediaItem): number {
    const longer = Math.max(1, (media.height ?? 1) / (media.width ?? 1));
    const side = options.width() * options.scale.value * Math.min(3, window.devicePixelRatio || 1) * longer;
    const most = urls(media).length;
    if (side <= 1080 * 1.05) return 2;
    return side <= 2048 * 1.2 ? 3 : most;
  }

  function next(media: MediaItem): void {
    const list = urls(media);
    const aim = Math.min(list.length, wanted(media));
    if (level >= aim || asking > 0) return;
    const target = level < 2 ? 2 : level + 1;
    const url = list[target - 1];
    if (!url) return;
    asking = target;
    const mine = new Image();
    image = mine;
    const settle = (loaded: boolean) => {
      if (image !== mine) return;
      asking = 0;
      image = null;
      level = target;
      if (loaded) src.value = url;
      else if (src.value === null) failed.value = true;
      if (id === media.id) next(media);
    };
    mine.onload = () =>
      void mine.decode().then(
        () => settle(true),
        () => settle(true),
      );
    mine.onerror = () => settle(false);
    mine.src = url;
  }

  watch(
    () => [options.media.value?.id, options.media.value?.state, options.scale.value] as const,
    () => {
      const media = options.media.value;
      if (media?.id !== id) {
        stop();
        id = media?.id ?? null;
        level = 0;
        failed.value = false;
        src.value = null;
        // What the row has shown lies in the cache and stands there in the same frame.
        for (const size of [1080, 256] as const) {
          const url = media ? options.preview(media.id, size) : '';
          if (!media || !pictures.has(url)) continue;
          src.value = url;
          level = size === 1080 ? 2 : 1;
          break;
        }
      }
      if (media?.state === 'ready') next(media);
    },
    { immediate: true, flush: 'post' },
  );
  onBeforeUnmount(stop);
  return { src, failed };
}
