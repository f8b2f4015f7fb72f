/** The one queue of pictures of this page, and how a tile asks it for a picture that suits its size. */
import { onBeforeUnmount, ref, watch, type Ref } from 'vue';
import { previewUrl, type PreviewSize } from '@/features/memories/memoryService';
import { ImageQueue } from './imageQueue';

export const pictures = new ImageQueue();

/** A small picture may be drawn a little larger than it is before a person sees it. */
const STRETCH = 1.2;
/** A finer picture waits until all small ones that can be seen are there. */
const AFTER_ALL_OTHERS = 1e6;

export interface Wanted {
  readonly mediaId: string | null;
  /** Longer side as shown, in CSS pixels. */
  readonly side: number;
  /** Whether finer pictures than the smallest have been made. */
  readonly isWhole: boolean;
}

export interface ShownPicture {
  readonly src: Ref<string | null>;
  /** Whether it came just now, and so may fade in. */
  readonly fresh: Ref<boolean>;
  readonly failed: Ref<boolean>;
}

/** Loads the small picture first, then a finer one where the place is large. Wishes end with the component. */
export function usePicture(wanted: () => Wanted, element: () => HTMLElement | null): ShownPicture {
  const src = ref<string | null>(null);
  const fresh = ref(false);
  const failed = ref(false);
  let cancel: () => void = () => undefined;

  function distance(): number {
    const box = element()?.getBoundingClientRect();
    if (!box) return AFTER_ALL_OTHERS;
    return Math.abs(box.top + box.height / 2 - window.innerHeight / 2);
  }

  function ask(mediaId: string, size: PreviewSize, then: (loaded: boolean) => void, last = 0): void {
    const url = previewUrl(mediaId, size);
    if (pictures.has(url)) {
      src.value = url;
      then(true);
      return;
    }
    cancel = pictures.ask({
      url,
      urgency: () => distance() + last,
      done: (loaded) => {
        if (loaded) {
          fresh.value = src.value === null;
          src.value = url;
        }
        then(loaded);
      },
    });
  }

  watch(
    () => {
      const { mediaId, side, isWhole } = wanted();
      return [mediaId, isWhole && side * Math.min(2, window.devicePixelRatio || 1) > 256 * STRETCH] as const;
    },
    ([mediaId, large], before) => {
      cancel();
      if (before?.[0] !== mediaId) {
        src.value = null;
        failed.value = false;
      }
      if (mediaId === null) return;
      if (large && pictures.has(previewUrl(mediaId, 1080))) return ask(mediaId, 1080, () => undefined);
      ask(mediaId, 256, (loaded) => {
        failed.value = !loaded;
        if (loaded && large) ask(mediaId, 1080, () => undefined, AFTER_ALL_OTHERS);
      });
    },
    { immediate: true },
  );
  onBeforeUnmount(() => cancel());
  return { src, fresh, failed };
}
