/** Wheel, pinch, drag, double press and keys upon the stage; swipes go on to the neighbours. */
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue';
import { settle, shift, swipeOf, toggleAt, WHOLE, zoomAt, type Frame, type Swipe, type View } from './zoom';

export interface ZoomOptions {
  readonly stage: Ref<HTMLElement | null>;
  readonly print: Ref<HTMLElement | null>;
  readonly onSwipe: (swipe: Swipe) => void;
}

interface Finger {
  x: number;
  y: number;
}

export function useZoom({ stage, print, onSwipe }: ZoomOptions) {
  const view = shallowRef<View>(WHOLE);
  /** How far a swipe has carried the print, before it is decided what it meant. */
  const drag = shallowRef({ x: 0, y: 0 });
  const held = ref(false);
  const fingers = new Map<number, Finger>();
  let start = { x: 0, y: 0, at: 0 };
  let wasPinch = false;
  let lastTap = 0;

  const isClose = computed(() => view.value.scale > 1.01);

  function frame(): Frame {
    const box = stage.value;
    const sheet = print.value;
    return {
      width: box?.clientWidth ?? 1,
      height: box?.clientHeight ?? 1,
      printWidth: sheet?.offsetWidth ?? 1,
      printHeight: sheet?.offsetHeight ?? 1,
    };
  }

  /** A point of the window, counted from the middle of the stage. */
  function fromMiddle(x: number, y: number): { x: number; y: number } {
    const box = stage.value?.getBoundingClientRect();
    return box ? { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 } : { x: 0, y: 0 };
  }

  function zoomBy(by: number, x = 0, y = 0): void {
    view.value = zoomAt(view.value, by, x, y, frame());
  }

  function reset(): void {
    view.value = WHOLE;
    drag.value = { x: 0, y: 0 };
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const { x, y } = fromMiddle(event.clientX, event.clientY);
    const amount = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    zoomBy(Math.exp(-amount * (event.ctrlKey ? 0.01 : 0.0022)), x, y);
  }

  function onDown(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as HTMLElement).closest('button, a, input, video, audio')) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    stage.value?.setPointerCapture(event.pointerId);
    held.value = true;
    if (fingers.size === 1) {
      start = { x: event.clientX, y: event.clientY, at: event.timeStamp };
      wasPinch = false;
    } else wasPinch = true;
  }

  function spread(): { distance: number; x: number; y: number } {
    const [one, other] = [...fingers.values()];
    if (!one || !other) return { distance: 1, x: 0, y: 0 };
    const middle = fromMiddle((one.x + other.x) / 2, (one.y + other.y) / 2);
    return { distance: Math.max(1, Math.hypot(one.x - other.x, one.y - other.y)), ...middle };
  }

  function onMove(event: PointerEvent): void {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    const before = fingers.size > 1 ? spread() : null;
    const dx = event.clientX - finger.x;
    const dy = event.clientY - finger.y;
    finger.x = event.clientX;
    finger.y = event.clientY;
    if (before) {
      const after = spread();
      const zoomed = zoomAt(view.value, after.distance / before.distance, after.x, after.y, frame());
      view.value = shift(zoomed, after.x - before.x, after.y - before.y, frame());
    } else if (isClose.value) {
      view.value = shift(view.value, dx, dy, frame());
    } else if (event.pointerType !== 'mouse' && !wasPinch) {
      const x = event.clientX - start.x;
      const y = event.clientY - start.y;
      drag.value = Math.abs(x) > Math.abs(y) ? { x, y: 0 } : { x: 0, y: Math.max(0, y) };
    }
  }

  function onUp(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return;
    held.value = false;
    const dx = event.clientX - start.x;
    const dy = event.clientY - start.y;
    const swiped = drag.value.x !== 0 || drag.value.y !== 0;
    drag.value = { x: 0, y: 0 };
    if (event.type === 'pointercancel') return;
    if (swiped && !wasPinch) onSwipe(swipeOf(dx, dy, event.timeStamp - start.at));
    else if (!wasPinch && Math.hypot(dx, dy) < 8) tap(event);
    view.value = settle(view.value, frame());
  }

  /** Two in a row, on a mouse or a finger alike. */
  function tap(event: PointerEvent): void {
    if (event.timeStamp - lastTap < 320) {
      const { x, y } = fromMiddle(event.clientX, event.clientY);
      view.value = toggleAt(view.value, x, y, frame());
      lastTap = 0;
    } else lastTap = event.timeStamp;
  }

  const onResize = () => (view.value = settle(view.value, frame()));
  onMounted(() => {
    stage.value?.addEventListener('wheel', onWheel, { passive: false });
    window.addEventListener('resize', onResize);
  });
  onBeforeUnmount(() => {
    stage.value?.removeEventListener('wheel', onWheel);
    window.removeEventListener('resize', onResize);
  });

  return { view, drag, held, isClose, zoomBy, reset, onDown, onMove, onUp };
}
