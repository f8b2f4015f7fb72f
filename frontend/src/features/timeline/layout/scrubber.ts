/**
 * The spine of the album: all years on one line, drawn to a true scale of time, from the counts of months alone.
 *
 * A height on the spine is a time, and a time is a place in the timeline: the month, and how far into it. Where a month
 * holds nothing the nearest one that does is meant, so that no touch leads nowhere.
 */
import type { BucketCount, TimelineLayout } from './timelineLayout';
import { UNDATED } from './sections';

/** Months since the year 0; `2019-07` is 24234. */
export function monthNumber(bucket: string): number {
  const match = /^(-?)(\d{4,})-(\d{2})$/.exec(bucket);
  if (!match) return NaN;
  const year = Number(match[2]) * (match[1] === '-' ? -1 : 1);
  return year * 12 + Number(match[3]) - 1;
}

export interface Tick {
  readonly year: number;
  /** From 0 at the top to 1 at the foot. */
  readonly at: number;
  /** The month to go to: the newest of that year that holds something, else the nearest one. */
  readonly bucket: string;
}

interface Month {
  readonly bucket: string;
  readonly month: number;
  readonly count: number;
}

export class Scrubber {
  private readonly months: readonly Month[];
  private readonly newest: number;
  private readonly span: number;

  constructor(counts: readonly BucketCount[]) {
    this.months = counts
      .filter((each) => each.bucket !== UNDATED && Number.isFinite(monthNumber(each.bucket)))
      .map((each) => ({ bucket: each.bucket, month: monthNumber(each.bucket), count: each.count }))
      .sort((one, other) => other.month - one.month);
    this.newest = this.months[0]?.month ?? 0;
    const oldest = this.months.at(-1)?.month ?? 0;
    // A month is a stretch and not a point; and a year at the least, so that a young library has a spine as well.
    this.span = Math.max(12, this.newest - oldest + 1);
  }

  get isEmpty(): boolean {
    return this.months.length === 0;
  }

  get steps(): readonly string[] {
    return this.months.map((each) => each.bucket);
  }

  /** Where a month stands, with the part of it that has been passed. */
  positionOf(bucket: string, passed = 0): number {
    const month = monthNumber(bucket);
    if (!Number.isFinite(month)) return 1;
    return clamp((this.newest - month + clamp(passed, 0, 1)) / this.span);
  }

  /** The month meant by a height, and how far into it. */
  placeAt(position: number): { bucket: string; passed: number } | null {
    if (this.isEmpty) return null;
    const wanted = clamp(position) * this.span;
    const month = this.newest - Math.min(this.span - 1, Math.floor(wanted));
    const found = this.nearestTo(month);
    if (found.month === month) return { bucket: found.bucket, passed: clamp(wanted - Math.floor(wanted)) };
    return { bucket: found.bucket, passed: found.month > month ? 1 : 0 };
  }

  /** The next month that holds something: `by` months of that kind, newer for less than 0. */
  step(from: string, by: number): string | null {
    const index = this.months.findIndex((each) => each.bucket === from);
    const target = Math.min(this.months.length - 1, Math.max(0, (index < 0 ? 0 : index) + by));
    return this.months[target]?.bucket ?? null;
  }

  /** The nearest month with something in it, at least a year away. */
  stepYear(from: string, by: 1 | -1): string | null {
    const here = monthNumber(from);
    if (!Number.isFinite(here) || this.isEmpty) return null;
    const wanted = here - by * 12;
    const beyond = this.months.filter((each) => (by === 1 ? each.month <= wanted : each.month >= wanted));
    const found = by === 1 ? beyond[0] : beyond.at(-1);
    return found?.bucket ?? (by === 1 ? this.months.at(-1)?.bucket : this.months[0]?.bucket) ?? null;
  }

  /** Years to write beside the spine, as many as find room. */
  ticks(height: number, room = 34): Tick[] {
    if (this.isEmpty || height <= 0) return [];
    const perYear = (height * 12) / this.span;
    const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((each) => each * perYear >= room) ?? 1000;
    const first = Math.floor(this.newest / 12);
    const last = Math.floor((this.newest - this.span + 1) / 12);
    const ticks: Tick[] = [];
    const add = (year: number) => {
      // A year is entered at its end: the line goes from now into the past.
      const at = clamp((this.newest - (year * 12 + 11)) / this.span);
      ticks.push({ year, at, bucket: this.nearestTo(Math.min(this.newest, year * 12 + 11)).bucket });
    };
    add(first);
    for (let year = Math.floor((first - 1) / step) * step; year >= last; year -= step) {
      const at = (this.newest - (year * 12 + 11)) / this.span;
      if (at * height >= room * 0.7 && at <= 1) add(year);
    }
    return ticks;
  }

  /** How much stands where: widths from 0 to 1 at equal distances, the root of the count, so that few are still seen. */
  silhouette(samples: number): number[] {
    const sums = new Array<number>(samples).fill(0);
    for (const { month, count } of this.months) {
      const from = ((this.newest - month) / this.span) * samples;
      const until = ((this.newest - month + 1) / this.span) * samples;
      for (let index = Math.floor(from); index < Math.min(samples, Math.ceil(until)); index++) {
        const share = Math.min(until, index + 1) - Math.max(from, index);
        sums[index] = (sums[index] ?? 0) + (count * share) / (until - from);
      }
    }
    // A month alone would be a thorn; its neighbours take a little of it.
    const soft = sums.map((sum, index) => sum / 2 + (sums[index - 1] ?? 0) / 4 + (sums[index + 1] ?? 0) / 4);
    const most = Math.max(...soft) || 1;
    return soft.map((sum) => Math.sqrt(sum / most));
  }

  private nearestTo(month: number): Month {
    let best = this.months[0] as Month;
    for (const each of this.months) {
      if (Math.abs(each.month - month) < Math.abs(best.month - month)) best = each;
    }
    return best;
  }
}

/** Top of the page for a place on the spine. */
export function scrollTopOf(layout: TimelineLayout, place: { bucket: string; passed: number }): number {
  const index = layout.indexOfBucket(place.bucket);
  const bucket = layout.buckets[index];
  return bucket ? layout.topOf(index) + bucket.height * place.passed : 0;
}

/** Place on the spine for a top of the page. */
export function placeOfScroll(layout: TimelineLayout, top: number): { bucket: string; passed: number } | null {
  const index = layout.bucketAt(top);
  const bucket = layout.buckets[index];
  if (!bucket) return null;
  return { bucket: bucket.bucket, passed: clamp((top - layout.topOf(index)) / Math.max(1, bucket.height)) };
}

function clamp(value: number, from = 0, to = 1): number {
  return Math.min(to, Math.max(from, value));
}
