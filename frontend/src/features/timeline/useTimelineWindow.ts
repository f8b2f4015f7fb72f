/**
 * The part of the timeline that is near the reader: follows scrolling and the size of the page, asks for the months
 * that come into sight, and holds still what is being looked at while something above it changes its height.
 */
import { nextTick, onBeforeUnmount, onMounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { metricsFor } from './layout/metrics';
import { TimelineLayout, type VisibleBucket } from './layout/timelineLayout';
import { pictures } from './pictureQueue';
import type { useTimelineStore } from './timelineStore';

/** Pixels a millisecond beyond which nobody can see a picture, so that pictures wait until it is slower. */
const PICTURES_FLING = 4;
/** And beyond which months wait as well: their thumbhashes pass too fast. */
const MONTHS_FLING = 10;
/** How long the page must be quiet to count as standing still. */
const QUIET_MS = 90;

interface Anchor {
  /** A picture of the first line in sight; null where only the month is known. */
  readonly id: string | null;
  readonly bucket: string;
  /** From the top of the window to the top of the line, or of the month. */
  readonly offset: number;
}

export interface TimelineWindow {
  readonly layout: TimelineLayout;
  readonly visible: ShallowRef<readonly VisibleBucket[]>;
  readonly height: Ref<number>;
  /** Top of the window in the timeline's own measure; changes with every frame of scrolling. */
  readonly top: Ref<number>;
  readonly flying: Ref<boolean>;
  readonly scrollTo: (top: number) => void;
  /** Brings a line into sight, no farther than needed. */
  readonly reveal: (top: number, height: number) => void;
  readonly viewportHeight: () => number;
  /** Height of what sticks to the top of the window. */
  readonly covered: () => number;
}

export function useTimelineWindow(
  store: ReturnType<typeof useTimelineStore>,
  container: Ref<HTMLElement | null>,
): TimelineWindow {
  const layout = new TimelineLayout(0, metricsFor(window.innerWidth));
  const visible = shallowRef<readonly VisibleBucket[]>([]);
  const height = shallowRef(0);
  const top = shallowRef(0);
  const flying = shallowRef(false);

  let containerTop = 0;
  let drawnFrom = 0;
  let drawnTo = 0;
  let frame = 0;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let lastTop = 0;
  let speed = 0;
  let lastTime = 0;
  const laid = new Map<string, readonly unknown[]>();

  const viewportHeight = () => window.innerHeight;
  const rem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const covered = () => {
    const header = Number.parseFloat(document.documentElement.style.getPropertyValue('--covered-px'));
    return (Number.isFinite(header) ? header : 68) + layout.measures.dayHead;
  };

  function measure(): boolean {
    const element = container.value;
    if (!element) return false;
    const header = document.querySelector('header');
    const notice = document.querySelector('header + .offline');
    const coveredPx = (header?.getBoundingClientRect().height ?? 68) + (notice?.getBoundingClientRect().height ?? 0);
    document.documentElement.style.setProperty('--covered-px', String(Math.round(coveredPx)));
    containerTop = element.getBoundingClientRect().top + window.scrollY;
    const width = Math.floor(element.clientWidth);
    const metrics = metricsFor(window.innerWidth, rem());
    const same = width === layout.pageWidth && JSON.stringify(metrics) === JSON.stringify(layout.measures);
    if (!same && width > 0) layout.resize(width, metrics);
    return !same;
  }

  function readTop(): number {
    return window.scrollY - containerTop;
  }

  function takeAnchor(): Anchor | null {
    const from = readTop();
    // At the very top new pictures may push the page down: the reader is there to see what is new.
    if (from <= 8 || layout.buckets.length === 0) return null;
    const sight = from + covered();
    for (const bucket of layout.visible(sight, sight + viewportHeight())) {
      const group = bucket.groups.find((each) => each.rows.length > 0);
      const row = group?.rows[0];
      const item = group && row ? bucket.layout.items[group.group.start + row.start] : undefined;
      if (group && row && item) {
        const rowTop = bucket.top + group.group.top + group.group.headHeight + row.top;
        return { id: item.id, bucket: bucket.layout.bucket, offset: rowTop - from };
      }
      return { id: null, bucket: bucket.layout.bucket, offset: bucket.top - from };
    }
    return null;
  }

  function keepAnchor(anchor: Anchor | null): void {
    if (!anchor) return;
    const spot = anchor.id === null ? null : layout.find(anchor.id);
    const index = layout.indexOfBucket(anchor.bucket);
    const now = spot ? layout.boundsOf(spot).top : index >= 0 ? layout.topOf(index) : null;
    if (now === null) return;
    const wanted = now - anchor.offset;
    if (Math.abs(wanted - readTop()) >= 1) scrollTo(wanted);
  }

  /** Applies a change of the layout without moving what the reader looks at. */
  function hold(change: () => void): void {
    const anchor = takeAnchor();
    change();
    height.value = layout.totalHeight;
    if (container.value) container.value.style.height = `${layout.totalHeight}px`;
    keepAnchor(anchor);
    draw(true);
  }

  function takeMonths(): void {
    for (const name of laid.keys()) {
      if (!store.months.has(name)) {
        layout.forget(name);
        laid.delete(name);
      }
    }
    layout.setBuckets(store.counts);
    for (const [name, items] of store.months) {
      if (laid.get(name) === items) continue;
      layout.setItems(name, items);
      laid.set(name, items);
    }
  }

  function draw(force = false): void {
    const from = readTop();
    top.value = from;
    const screen = viewportHeight();
    // Drawn a screen ahead on both sides, and again once half of that is used up.
    const safe = from - screen * 0.4 >= drawnFrom && from + screen * 1.4 <= drawnTo;
    if (safe && !force) return;
    drawnFrom = from - screen * 0.9;
    drawnTo = from + screen * 1.9;
    visible.value = layout.visible(drawnFrom, drawnTo);
    if (speed <= MONTHS_FLING) askForMonths();
  }

  function askForMonths(): void {
    const from = readTop();
    const screen = viewportHeight();
    for (const bucket of layout.visible(from - screen, from + screen * 3)) {
      if (!bucket.layout.known && !store.failedMonths.has(bucket.layout.bucket)) {
        void store.ensure(bucket.layout.bucket);
      }
    }
  }

  function onScroll(): void {
    if (frame === 0) frame = requestAnimationFrame(onFrame);
    clearTimeout(quiet);
    quiet = setTimeout(onQuiet, QUIET_MS);
  }

  function onFrame(time: number): void {
    frame = 0;
    const now = readTop();
    speed = Math.abs(now - lastTop) / Math.max(1, time - lastTime);
    lastTop = now;
    lastTime = time;
    setFlying(speed > PICTURES_FLING);
    draw();
  }

  function onQuiet(): void {
    speed = 0;
    setFlying(false);
    askForMonths();
  }

  function setFlying(now: boolean): void {
    if (flying.value === now) return;
    flying.value = now;
    pictures.hold(now);
  }

  function scrollTo(to: number): void {
    window.scrollTo({ top: Math.max(0, to + containerTop), behavior: 'instant' });
    lastTop = readTop();
    draw();
  }

  function reveal(lineTop: number, lineHeight: number): void {
    const from = readTop();
    const under = covered() + 8;
    // On a phone the tabs lie over the foot of the page.
    const until = viewportHeight() - (window.innerWidth < 1024 ? 84 : 16);
    if (lineTop < from + under) scrollTo(lineTop - under);
    else if (lineTop + lineHeight > from + until) scrollTo(lineTop + lineHeight - until);
  }

  const resized = new ResizeObserver(() => {
    if (!container.value || container.value.clientWidth === layout.pageWidth) return;
    hold(() => void measure());
  });

  function onResize(): void {
    hold(() => void measure());
  }
  /** The shell says above the page that there is no network, or takes that away. */
  function onNetwork(): void {
    requestAnimationFrame(() => void measure());
  }

  watch(
    () => [store.counts, store.months] as const,
    () => hold(takeMonths),
  );

  onMounted(() => {
    measure();
    takeMonths();
    height.value = layout.totalHeight;
    if (container.value) {
      container.value.style.height = `${layout.totalHeight}px`;
      resized.observe(container.value);
    }
    draw(true);
    // The title above may still settle when letters arrive.
    void nextTick(() => document.fonts?.ready.then(() => container.value && hold(() => void measure())));
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('resize', onResize, { passive: true });
    window.addEventListener('online', onNetwork);
    window.addEventListener('offline', onNetwork);
  });
  onBeforeUnmount(() => {
    cancelAnimationFrame(frame);
    clearTimeout(quiet);
    pictures.hold(false);
    resized.disconnect();
    window.removeEventListener('scroll', onScroll);
    window.removeEventListener('resize', onResize);
    window.removeEventListener('online', onNetwork);
    window.removeEventListener('offline', onNetwork);
  });

  return { layout, visible, height, top, flying, scrollTo, reveal, viewportHeight, covered };
}
