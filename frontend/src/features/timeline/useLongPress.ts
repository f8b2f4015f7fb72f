/** A long press of a finger chooses, as a right click would ask for a menu; the click that follows is swallowed. */
const LONG_MS = 420;
const STILL_PX = 10;

export function useLongPress(onLong: (element: HTMLElement) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let startX = 0;
  let startY = 0;
  let happened = false;

  function onDown(event: PointerEvent): void {
    happened = false;
    if (event.pointerType === 'mouse') return;
    startX = event.clientX;
    startY = event.clientY;
    const element = event.target as HTMLElement;
    clearTimeout(timer);
    timer = setTimeout(() => {
      happened = true;
      navigator.vibrate?.(12);
      onLong(element);
    }, LONG_MS);
  }
  function onMove(event: PointerEvent): void {
    if (Math.hypot(event.clientX - startX, event.clientY - startY) > STILL_PX) clearTimeout(timer);
  }
  function onUp(): void {
    clearTimeout(timer);
  }
  /** The browser's own menu of links would come at the same moment. */
  function onContextMenu(event: MouseEvent): void {
    if ((event as PointerEvent).pointerType === 'touch') event.preventDefault();
  }
  function consume(): boolean {
    const was = happened;
    happened = false;
    return was;
  }
  return { onDown, onMove, onUp, onContextMenu, consume };
}
