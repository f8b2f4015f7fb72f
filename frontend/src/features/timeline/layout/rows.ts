/**
 * Justified rows: pictures of one day laid in lines of equal height that fill the width, in their own order.
 *
 * A line takes pictures while they fit at the wished height and grows to fill. A line that would have to grow too far
 * takes one more and shrinks a little, or stays short. The last line keeps the wished height; when it would hold a
 * single picture it borrows one from the line above. One pass, no search: the cost grows with the number of pictures.
 */
import type { ChapterMetrics, RowMetrics } from './metrics';

export interface Row {
  /** Items `start` to `end`, the latter not included. */
  readonly start: number;
  readonly end: number;
  /** From the top of the group's rows. */
  readonly top: number;
  readonly height: number;
  /** Whether the line ends exactly at the right edge. */
  readonly flush: boolean;
}

export interface Box {
  readonly left: number;
  readonly width: number;
}

/** Gives the shown proportion of the item at an index. */
export type RatioOf = (index: number) => number;

interface Line {
  start: number;
  end: number;
  sum: number;
}

function heightToFill(line: Line, width: number, gap: number): number {
  return (width - gap * (line.end - line.start - 1)) / line.sum;
}

function breakLines(count: number, ratioOf: RatioOf, width: number, row: RowMetrics): Line[] {
  const lines: Line[] = [];
  let line: Line = { start: 0, end: 0, sum: 0 };
  for (let index = 0; index < count; index++) {
    const ratio = ratioOf(index);
    const taken = line.end - line.start;
    const fits = (line.sum + ratio) * row.wished + row.gap * taken <= width;
    if (taken > 0 && !fits) {
      const grown = heightToFill(line, width, row.gap) / row.wished;
      const shrunk = (width - row.gap * taken) / (line.sum + ratio) / row.wished;
      if (grown <= row.grow || shrunk < row.shrink) {
        lines.push(line);
        line = { start: index, end: index, sum: 0 };
      } else {
        lines.push({ start: line.start, end: index + 1, sum: line.sum + ratio });
        line = { start: index + 1, end: index + 1, sum: 0 };
        continue;
      }
    }
    line.end = index + 1;
    line.sum += ratio;
  }
  if (line.end > line.start) lines.push(line);
  return lines;
}

/** A last line of one borrows from the line above, unless that would leave the line above a worse sight. */
function keepCompany(lines: Line[], ratioOf: RatioOf, width: number, row: RowMetrics): void {
  const last = lines.at(-1);
  const above = lines.at(-2);
  if (!last || !above || last.end - last.start !== 1 || above.end - above.start < 2) return;
  const moved = ratioOf(above.end - 1);
  const shorter: Line = { start: above.start, end: above.end - 1, sum: above.sum - moved };
  const grown = heightToFill(shorter, width, row.gap) / row.wished;
  const longer = (last.sum + moved) * row.wished + row.gap;
  if (grown > row.grow * (row.alwaysFill ? 1.3 : 1) || longer > width) return;
  lines[lines.length - 2] = shorter;
  lines[lines.length - 1] = { start: last.start - 1, end: last.end, sum: last.sum + moved };
}

export function justify(count: number, ratioOf: RatioOf, width: number, row: RowMetrics): Row[] {
  if (count === 0 || width <= 0) return [];
  const lines = breakLines(count, ratioOf, width, row);
  keepCompany(lines, ratioOf, width, row);

  const rows: Row[] = [];
  let top = 0;
  lines.forEach((line, index) => {
    const full = heightToFill(line, width, row.gap);
    const isLast = index === lines.length - 1;
    let height = full;
    // The wished height, but never wider than the page: a panorama alone on a phone is the one that would be.
    if (isLast) height = Math.min(full, row.wished);
    else if (full > row.wished * row.grow && !row.alwaysFill) height = row.wished * row.grow;
    const flush = height === full;
    const whole = Math.max(1, Math.round(height));
    rows.push({ start: line.start, end: line.end, top, height: whole, flush });
    top += whole + row.gap;
  });
  return rows;
}

/** Where each picture of a line stands. Edges lie on whole pixels, so that no seam is soft. */
export function boxesOf(row: Row, ratioOf: RatioOf, width: number, gap: number): Box[] {
  const boxes: Box[] = [];
  let sum = 0;
  for (let index = row.start; index < row.end; index++) sum += ratioOf(index);
  const free = width - gap * (row.end - row.start - 1);
  // The height was rounded; a line that ends at the edge shares the rest out, the others keep their proportions.
  const perRatio = row.flush ? free / sum : Math.min(row.height, free / sum);
  let edge = 0;
  for (let index = row.start; index < row.end; index++) {
    const next = edge + ratioOf(index) * perRatio;
    const left = Math.round(edge);
    boxes.push({ left, width: Math.max(1, Math.round(next) - left) });
    edge = next + gap;
  }
  return boxes;
}

/** Prints on the shelf: whole pictures of one height with a border, as many as fit, never stretched. */
export function layPrints(count: number, ratioOf: RatioOf, width: number, metrics: ChapterMetrics['print']): Row[] {
  const rows: Row[] = [];
  const height = metrics.height + metrics.border * 2 + metrics.words;
  let start = 0;
  let used = 0;
  let top = 0;
  for (let index = 0; index < count; index++) {
    const print = printWidth(ratioOf(index), width, metrics);
    const needed = index === start ? print : used + metrics.gap + print;
    if (index > start && needed > width) {
      rows.push({ start, end: index, top, height, flush: false });
      top += height + metrics.gap;
      start = index;
      used = print;
    } else {
      used = needed;
    }
  }
  if (count > start) rows.push({ start, end: count, top, height, flush: false });
  return rows;
}

export function printBoxes(row: Row, ratioOf: RatioOf, width: number, metrics: ChapterMetrics['print']): Box[] {
  const boxes: Box[] = [];
  let left = 0;
  for (let index = row.start; index < row.end; index++) {
    const print = Math.round(printWidth(ratioOf(index), width, metrics));
    boxes.push({ left: Math.round(left), width: print });
    left += print + metrics.gap;
  }
  return boxes;
}

function printWidth(ratio: number, width: number, metrics: ChapterMetrics['print']): number {
  return Math.min(width, Math.max(metrics.height * ratio, metrics.height * 0.7) + metrics.border * 2);
}
