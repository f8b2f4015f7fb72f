/**
 * The whole timeline as numbers: months one under another, newest first. Months whose memories are known are laid out
 * once; the rest are guessed. A month that becomes known costs its own layout and one pass over the list of months.
 */
import type { ChapterMetrics } from './metrics';
import {
  guessBucket,
  layBucket,
  learnHabits,
  UNDATED,
  USUAL_HABITS,
  type BucketLayout,
  type GroupLayout,
  type Habits,
  type TimelineItem,
} from './sections';
import type { Row } from './rows';

export interface BucketCount {
  readonly bucket: string;
  readonly count: number;
}

/** A picture's place: which month, group and line, and the item's index in the month. */
export interface Spot {
  readonly bucket: number;
  readonly group: number;
  readonly row: number;
  readonly item: number;
}

export interface VisibleGroup {
  readonly group: GroupLayout;
  readonly rows: readonly Row[];
}

export interface VisibleBucket {
  readonly index: number;
  readonly top: number;
  readonly layout: BucketLayout;
  readonly groups: readonly VisibleGroup[];
}

export class TimelineLayout {
  private counts: readonly BucketCount[] = [];
  private known = new Map<string, BucketLayout>();
  private layouts: BucketLayout[] = [];
  private tops = new Float64Array(1);
  private habits: Habits = USUAL_HABITS;
  private learnedFrom = 0;

  constructor(
    private width: number,
    private metrics: ChapterMetrics,
  ) {}

  get totalHeight(): number {
    return this.tops[this.layouts.length] ?? 0;
  }

  get buckets(): readonly BucketLayout[] {
    return this.layouts;
  }

  get measures(): ChapterMetrics {
    return this.metrics;
  }

  get pageWidth(): number {
    return this.width;
  }

  setBuckets(counts: readonly BucketCount[]): void {
    this.counts = counts;
    const names = new Set(counts.map((each) => each.bucket));
    for (const name of this.known.keys()) if (!names.has(name)) this.known.delete(name);
    this.stack();
  }

  setItems(bucket: string, items: readonly TimelineItem[]): void {
    this.known.set(bucket, layBucket(bucket, items, this.width, this.metrics));
    this.stack();
  }

  forget(bucket: string): void {
    if (this.known.delete(bucket)) this.stack();
  }

  resize(width: number, metrics: ChapterMetrics): void {
    this.width = width;
    this.metrics = metrics;
    for (const [name, layout] of this.known) {
      this.known.set(name, layBucket(name, layout.items, width, metrics));
    }
    this.learnedFrom = 0;
    this.stack();
  }

  indexOfBucket(name: string): number {
    return this.layouts.findIndex((layout) => layout.bucket === name);
  }

  topOf(bucket: number): number {
    return this.tops[bucket] ?? 0;
  }

  /** The month at a height; the first or the last one beyond the ends. */
  bucketAt(y: number): number {
    let low = 0;
    let high = this.layouts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.tops[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** What is to be drawn between two heights, and nothing else. */
  visible(from: number, to: number): VisibleBucket[] {
    const seen: VisibleBucket[] = [];
    if (this.layouts.length === 0 || to <= from) return seen;
    for (let index = this.bucketAt(from); index < this.layouts.length; index++) {
      const top = this.topOf(index);
      if (top >= to) break;
      const layout = this.layouts[index] as BucketLayout;
      seen.push({ index, top, layout, groups: visibleGroups(layout, from - top, to - top) });
    }
    return seen;
  }

  /** Finds where a memory stands, among the months that are known. */
  find(id: string): Spot | null {
    for (let bucket = 0; bucket < this.layouts.length; bucket++) {
      const layout = this.layouts[bucket] as BucketLayout;
      if (!layout.known) continue;
      const item = layout.items.findIndex((each) => each.id === id);
      if (item >= 0) return spotOf(layout, bucket, item);
    }
    return null;
  }

  spot(bucket: number, item: number): Spot | null {
    const layout = this.layouts[bucket];
    return layout?.known && item >= 0 && item < layout.items.length ? spotOf(layout, bucket, item) : null;
  }

  itemAt(spot: Spot): TimelineItem | null {
    return this.layouts[spot.bucket]?.items[spot.item] ?? null;
  }

  /** Top and height of the line in which a picture stands, from the top of the timeline. */
  boundsOf(spot: Spot): { top: number; height: number } {
    const group = this.layouts[spot.bucket]?.groups[spot.group];
    const row = group?.rows[spot.row];
    if (!group || !row) return { top: this.topOf(spot.bucket), height: 0 };
    return { top: this.topOf(spot.bucket) + group.top + group.headHeight + row.top, height: row.height };
  }

  /** The first month of the page has the large title; which one that is changes when a newer one comes. */
  private withHead(layout: BucketLayout, index: number): BucketLayout {
    if (layout.bucket === UNDATED) return layout;
    const head = index === 0 ? this.metrics.firstHead : this.metrics.monthHead;
    const by = head - layout.headHeight;
    if (by === 0) return layout;
    return {
      ...layout,
      headHeight: head,
      height: layout.height + by,
      groups: layout.groups.map((group) => ({ ...group, top: group.top + by })),
    };
  }

  private stack(): void {
    // Guesses improve while the first months come in, and then keep still: a page that moves for a better guess is worse.
    if (this.known.size >= this.learnedFrom * 2 + 1) {
      this.habits = learnHabits(this.known.values());
      this.learnedFrom = this.known.size;
    }
    const previous = this.layouts;
    this.layouts = this.counts.map(({ bucket, count }, index) => {
      const known = this.known.get(bucket);
      if (known) return this.withHead(known, index);
      const before = previous[index];
      if (before && !before.known && before.bucket === bucket && before.count === count && this.learnedFrom > 8) {
        return before;
      }
      return this.withHead(guessBucket(bucket, count, this.width, this.metrics, this.habits), index);
    });
    this.tops = new Float64Array(this.layouts.length + 1);
    let top = 0;
    this.layouts.forEach((layout, index) => {
      this.tops[index] = top;
      top += layout.height;
    });
    this.tops[this.layouts.length] = top;
  }
}

function visibleGroups(layout: BucketLayout, from: number, to: number): VisibleGroup[] {
  const seen: VisibleGroup[] = [];
  for (let index = firstAtOrAfter(layout.groups, from); index < layout.groups.length; index++) {
    const group = layout.groups[index] as GroupLayout;
    if (group.top >= to) break;
    const inside = from - group.top - group.headHeight;
    const until = to - group.top - group.headHeight;
    const first = firstAtOrAfter(group.rows, inside);
    let last = first;
    while (last < group.rows.length && (group.rows[last] as Row).top < until) last++;
    seen.push({ group, rows: group.rows.slice(first, last) });
  }
  return seen;
}

/** Index of the first of things stacked downwards whose foot lies below a height. */
function firstAtOrAfter(stacked: readonly { top: number; height: number }[], y: number): number {
  let low = 0;
  let high = stacked.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const each = stacked[middle] as { top: number; height: number };
    if (each.top + each.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

function spotOf(layout: BucketLayout, bucket: number, item: number): Spot {
  const group = layout.groups.findIndex((each) => item < each.end);
  const place = layout.groups[group];
  const row = place ? place.rows.findIndex((each) => item - place.start < each.end) : -1;
  return { bucket, group, row, item };
}
