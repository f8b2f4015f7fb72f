/**
 * The keys of the grid. One picture is the grid's tab stop; arrows carry the focus on, across days, months and what is
 * not fetched yet.
 */
import { nextTick, ref, type Ref } from 'vue';
import { enter, walk, type Arrival, type Step } from './layout/walk';
import type { Spot } from './layout/timelineLayout';
import type { TimelineWindow } from './useTimelineWindow';

export interface GridKeysOptions {
  readonly view: TimelineWindow;
  readonly container: Ref<HTMLElement | null>;
  readonly ensure: (bucket: string) => Promise<boolean>;
  readonly onOpen: (id: string) => void;
  readonly onChoose: (id: string) => void;
  readonly onStretch: (id: string, from: string) => void;
  readonly onClear: () => boolean;
}

const STEPS: Record<string, Step> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'row-start',
  End: 'row-end',
};

export function useGridKeys(options: GridKeysOptions) {
  const { view, container } = options;
  /** The picture that holds the tab stop. */
  const current = ref<string | null>(null);
  let walking = 0;

  function elementOf(id: string): HTMLElement | null {
    return container.value?.querySelector<HTMLElement>(`a.open[data-memory="${CSS.escape(id)}"]`) ?? null;
  }

  /** Brings a picture into sight and gives it the focus. */
  async function focus(id: string, scroll = true): Promise<void> {
    current.value = id;
    const spot = view.layout.find(id);
    if (spot && scroll) {
      const { top, height } = view.layout.boundsOf(spot);
      view.reveal(top, height);
    }
    await nextTick();
    elementOf(id)?.focus({ preventScroll: true });
  }

  async function follow(arrival: Arrival): Promise<string | null> {
    if (arrival.kind === 'edge') return null;
    if (arrival.kind === 'spot') return view.layout.itemAt(arrival.spot)?.id ?? null;
    const mine = ++walking;
    const bucket = view.layout.buckets[arrival.bucket];
    if (!bucket || !(await options.ensure(bucket.bucket)) || mine !== walking) return null;
    await nextTick();
    return follow(enter(view.layout, view.layout.indexOfBucket(bucket.bucket), arrival.from));
  }

  async function go(from: Spot, step: Step, stretchFrom: string | null): Promise<void> {
    const id = await follow(walk(view.layout, from, step));
    if (id === null) return;
    if (stretchFrom !== null) options.onStretch(id, stretchFrom);
    await focus(id);
  }

  /** A screen up or down: the picture that stands where one would look then. */
  async function page(from: Spot, by: 1 | -1): Promise<void> {
    const aim = view.layout.boundsOf(from).top + by * (view.viewportHeight() - view.covered() - 40);
    let spot = from;
    for (let guard = 0; guard < 400; guard++) {
      const next = walk(view.layout, spot, by === 1 ? 'down' : 'up');
      if (next.kind !== 'spot') break;
      const top = view.layout.boundsOf(next.spot).top;
      if (by === 1 ? top > aim : top < aim) break;
      spot = next.spot;
    }
    const id = view.layout.itemAt(spot)?.id;
    if (id) await focus(id);
  }

  function onKey(event: KeyboardEvent): void {
    const link = (event.target as HTMLElement).closest<HTMLElement>('a.open[data-memory]');
    const id = link?.dataset.memory;
    if (event.key === 'Escape' && options.onClear()) {
      event.preventDefault();
      return;
    }
    if (!id || event.altKey || event.metaKey) return;
    const spot = view.layout.find(id);
    if (!spot) return;
    const step = event.ctrlKey ? { Home: 'first' as const, End: 'last' as const }[event.key] : STEPS[event.key];
    if (step) {
      event.preventDefault();
      void go(spot, step, event.shiftKey ? id : null);
    } else if (event.ctrlKey) {
      return;
    } else if (event.key === 'PageDown' || event.key === 'PageUp') {
      event.preventDefault();
      void page(spot, event.key === 'PageDown' ? 1 : -1);
    } else if (event.key === ' ') {
      event.preventDefault();
      if (event.shiftKey) options.onStretch(id, id);
      else options.onChoose(id);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      options.onOpen(id);
    }
  }

  function onFocusIn(event: FocusEvent): void {
    const id = (event.target as HTMLElement).closest<HTMLElement>('a.open[data-memory]')?.dataset.memory;
    if (id) current.value = id;
  }

  return { current, onKey, onFocusIn, focus, elementOf };
}
