/**
 * One month of the timeline: its memories in groups, a day each, or a vaguer time where the day is not known.
 */
import type { ChapterMetrics } from './metrics';
import { UNKNOWN_RATIO, shownRatio } from './metrics';
import { justify, layPrints, type Row } from './rows';

/** What the timeline knows of a memory, enough to draw it before anything else is asked for. */
export interface TimelineItem {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly edtf: string;
  /** Milliseconds of local wall time, counted as if it were UTC; null on the shelf. */
  readonly takenAt: number | null;
  readonly mediaId: string | null;
  readonly mimeType: string | null;
  readonly ratio: number | null;
  readonly thumbhash: string | null;
  readonly durationMs: number | null;
  readonly state: string;
  readonly favourite: boolean;
  readonly version: number;
}

export const UNDATED = 'undated';

export type GroupKind = 'day' | 'vague' | 'shelf';

export interface GroupLayout {
  /** The day as `2019-07-14`, or the vaguer EDTF text, or `undated`. */
  readonly key: string;
  readonly kind: GroupKind;
  /** Items of the bucket, `start` to `end`, the latter not included. Rows count from `start`. */
  readonly start: number;
  readonly end: number;
  /** From the top of the bucket. */
  readonly top: number;
  readonly height: number;
  readonly headHeight: number;
  readonly rows: readonly Row[];
}

export interface BucketLayout {
  readonly bucket: string;
  readonly count: number;
  /** False while only the number of memories is known: the height is then an estimate. */
  readonly known: boolean;
  readonly headHeight: number;
  readonly height: number;
  readonly groups: readonly GroupLayout[];
  readonly items: readonly TimelineItem[];
}

/** A month of which only a year was ever said: it is not called by the month under which it is filed. */
export function saysOnlyYear({ known, groups }: BucketLayout): boolean {
  return known && groups.length > 0 && groups.every((group) => group.kind === 'vague' && group.key.length !== 7);
}

const WHOLE_DAY = /^(-?\d{4}-\d{2}-\d{2})(T.*)?[~?%]?$/;

/** Memories of one day stand together whatever the hour; every vaguer date makes a group of its own. */
export function groupKeyOf(edtf: string): { key: string; kind: GroupKind } {
  if (edtf === '') return { key: UNDATED, kind: 'shelf' };
  const day = WHOLE_DAY.exec(edtf);
  return day?.[1] ? { key: day[1], kind: 'day' } : { key: edtf, kind: 'vague' };
}

/** Things without a picture are paper, and paper has the proportion of a page lying on its side. */
export function ratioOfItem(item: TimelineItem): number {
  if (item.ratio === null && item.thumbhash === null && item.type !== 'photo') return paperRatio(item.type);
  return shownRatio(item.ratio ?? UNKNOWN_RATIO);
}

function paperRatio(type: string): number {
  return type === 'audio' || type === 'video' ? 1.5 : 1.02;
}

export function layBucket(
  bucket: string,
  items: readonly TimelineItem[],
  width: number,
  metrics: ChapterMetrics,
): BucketLayout {
  const isShelf = bucket === UNDATED;
  const headHeight = isShelf ? metrics.shelfHead : metrics.monthHead;
  const groups: GroupLayout[] = [];
  let top = headHeight;
  let start = 0;
  while (start < items.length) {
    const first = items[start] as TimelineItem;
    const { key, kind } = isShelf ? { key: UNDATED, kind: 'shelf' as const } : groupKeyOf(first.edtf);
    let end = start + 1;
    while (end < items.length && (isShelf || groupKeyOf((items[end] as TimelineItem).edtf).key === key)) end++;
    const from = start;
    const ratioOf = (index: number) => ratioOfItem(items[from + index] as TimelineItem);
    const rows = isShelf
      ? layPrints(end - start, ratioOf, width, metrics.print)
      : justify(end - start, ratioOf, width, metrics.row);
    const lastRow = rows.at(-1);
    const groupHead = isShelf ? 0 : metrics.dayHead;
    const foot = isShelf ? metrics.shelfFoot : metrics.dayFoot;
    const height = groupHead + (lastRow ? lastRow.top + lastRow.height : 0) + foot;
    groups.push({ key, kind, start, end, top, height, headHeight: groupHead, rows });
    top += height;
    start = end;
  }
  return { bucket, count: items.length, known: true, headHeight, height: top, groups, items };
}

/** What is learned from months that are known, to guess the height of those that are not. */
export interface Habits {
  /** Pictures that share a day. */
  perGroup: number;
  /** Mean of the shown proportions. */
  ratio: number;
}

export const USUAL_HABITS: Habits = { perGroup: 5, ratio: 1.35 };

export function learnHabits(layouts: Iterable<BucketLayout>): Habits {
  let items = 0;
  let groups = 0;
  let ratios = 0;
  for (const layout of layouts) {
    if (!layout.known || layout.bucket === UNDATED) continue;
    items += layout.items.length;
    groups += layout.groups.length;
    for (const item of layout.items) ratios += ratioOfItem(item);
  }
  // A handful of memories teaches nothing yet.
  if (items < 24) return USUAL_HABITS;
  return { perGroup: items / groups, ratio: ratios / items };
}

export function guessBucket(
  bucket: string,
  count: number,
  width: number,
  metrics: ChapterMetrics,
  habits: Habits,
): BucketLayout {
  if (bucket === UNDATED) {
    const print = metrics.print.height * habits.ratio + metrics.print.border * 2 + metrics.print.gap;
    const perRow = Math.max(1, Math.floor((width + metrics.print.gap) / print));
    const each = metrics.print.height + metrics.print.border * 2 + metrics.print.words + metrics.print.gap;
    const rows = Math.ceil(count / perRow) * each - metrics.print.gap;
    const height = metrics.shelfHead + rows + metrics.shelfFoot;
    return { bucket, count, known: false, headHeight: metrics.shelfHead, height, groups: [], items: [] };
  }
  const perGroup = Math.max(1, Math.min(count, habits.perGroup));
  const groups = Math.max(1, Math.round(count / perGroup));
  // A line that is filled has grown by a tenth or so; half a line of each group stays empty.
  const perRow = Math.max(1, width / (habits.ratio * metrics.row.wished * 1.08 + metrics.row.gap));
  const rowsPerGroup = Math.max(1, Math.ceil(count / groups / perRow));
  const rows = rowsPerGroup * (metrics.row.wished * 1.06 + metrics.row.gap) - metrics.row.gap;
  const height = metrics.monthHead + groups * (metrics.dayHead + rows + metrics.dayFoot);
  return {
    bucket,
    count,
    known: false,
    headHeight: metrics.monthHead,
    height: Math.round(height),
    groups: [],
    items: [],
  };
}
