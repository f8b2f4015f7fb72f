/**
 * Walking over rows of pictures with the arrow keys: left and right go through the order, up and down to the picture
 * that stands nearest in the next line, over the borders of days and months.
 */
import { boxesOf, printBoxes, type Box } from './rows';
import { ratioOfItem, type GroupLayout, type TimelineItem } from './sections';
import type { Spot, TimelineLayout } from './timelineLayout';
import type { Row } from './rows';

export type Step = 'left' | 'right' | 'up' | 'down' | 'row-start' | 'row-end' | 'first' | 'last';

/** A step ends at a picture, at a month that must be fetched first, or nowhere. */
export type Arrival =
  | { readonly kind: 'spot'; readonly spot: Spot }
  | { readonly kind: 'unknown'; readonly bucket: number; readonly from: 'top' | 'bottom' }
  | { readonly kind: 'edge' };

export function boxesOfRow(
  layout: TimelineLayout,
  items: readonly TimelineItem[],
  group: GroupLayout,
  row: Row,
): Box[] {
  const ratioOf = (index: number) => ratioOfItem(items[group.start + index] as TimelineItem);
  return group.kind === 'shelf'
    ? printBoxes(row, ratioOf, layout.pageWidth, layout.measures.print)
    : boxesOf(row, ratioOf, layout.pageWidth, layout.measures.row.gap);
}

const EDGE: Arrival = { kind: 'edge' };

export function walk(layout: TimelineLayout, from: Spot, step: Step): Arrival {
  switch (step) {
    case 'left':
      return byOrder(layout, from, -1);
    case 'right':
      return byOrder(layout, from, 1);
    case 'up':
      return byLine(layout, from, -1);
    case 'down':
      return byLine(layout, from, 1);
    case 'row-start':
    case 'row-end': {
      const row = rowOf(layout, from);
      if (!row) return EDGE;
      const item = step === 'row-start' ? row.group.start + row.row.start : row.group.start + row.row.end - 1;
      return arrive(layout, from.bucket, item);
    }
    case 'first':
      return enter(layout, 0, 'top');
    case 'last':
      return enter(layout, layout.buckets.length - 1, 'bottom');
  }
}

/** The first or last picture of a month, coming into it from above or from below. */
export function enter(layout: TimelineLayout, bucket: number, from: 'top' | 'bottom'): Arrival {
  const into = layout.buckets[bucket];
  if (!into) return EDGE;
  if (!into.known) return { kind: 'unknown', bucket, from };
  if (into.items.length === 0) return enter(layout, bucket + (from === 'top' ? 1 : -1), from);
  return arrive(layout, bucket, from === 'top' ? 0 : into.items.length - 1);
}

function arrive(layout: TimelineLayout, bucket: number, item: number): Arrival {
  const spot = layout.spot(bucket, item);
  return spot ? { kind: 'spot', spot } : EDGE;
}

function byOrder(layout: TimelineLayout, from: Spot, by: 1 | -1): Arrival {
  const inside = layout.spot(from.bucket, from.item + by);
  if (inside) return { kind: 'spot', spot: inside };
  return enter(layout, from.bucket + by, by === 1 ? 'top' : 'bottom');
}

function rowOf(layout: TimelineLayout, spot: Spot): { group: GroupLayout; row: Row } | null {
  const group = layout.buckets[spot.bucket]?.groups[spot.group];
  const row = group?.rows[spot.row];
  return group && row ? { group, row } : null;
}

function byLine(layout: TimelineLayout, from: Spot, by: 1 | -1): Arrival {
  const here = rowOf(layout, from);
  const bucket = layout.buckets[from.bucket];
  if (!here || !bucket) return EDGE;
  const boxes = boxesOfRow(layout, bucket.items, here.group, here.row);
  const box = boxes[from.item - here.group.start - here.row.start];
  const centre = box ? box.left + box.width / 2 : 0;

  let group = from.group;
  let row = from.row + by;
  if (!bucket.groups[group]?.rows[row]) {
    group += by;
    row = by === 1 ? 0 : (bucket.groups[group]?.rows.length ?? 0) - 1;
  }
  if (bucket.groups[group]?.rows[row]) return nearest(layout, from.bucket, group, row, centre);

  const next = from.bucket + by;
  const into = layout.buckets[next];
  if (!into) return EDGE;
  if (!into.known) return { kind: 'unknown', bucket: next, from: by === 1 ? 'top' : 'bottom' };
  const entered = by === 1 ? 0 : into.groups.length - 1;
  const lines = into.groups[entered]?.rows.length ?? 0;
  return nearest(layout, next, entered, by === 1 ? 0 : lines - 1, centre);
}

function nearest(layout: TimelineLayout, bucket: number, group: number, row: number, centre: number): Arrival {
  const into = layout.buckets[bucket];
  const place = into?.groups[group];
  const line = place?.rows[row];
  if (!into || !place || !line) return EDGE;
  let best = 0;
  let least = Infinity;
  boxesOfRow(layout, into.items, place, line).forEach((box, index) => {
    const distance = Math.abs(box.left + box.width / 2 - centre);
    if (distance < least) {
      least = distance;
      best = index;
    }
  });
  return arrive(layout, bucket, place.start + line.start + best);
}
