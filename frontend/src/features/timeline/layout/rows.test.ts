import { describe, expect, it } from 'vitest';
import { metricsFor, shownRatio } from './metrics';
import { boxesOf, justify, layPrints } from './rows';

const WIDE = metricsFor(1280).row;
const PHONE = metricsFor(360).row;

function rowsOf(ratios: number[], width: number, metrics = WIDE) {
  return justify(ratios.length, (index) => ratios[index] ?? 1, width, metrics);
}

describe('rows of pictures', () => {
  it('fills the width with every row but the last, to the pixel', () => {
    const ratios = Array.from({ length: 40 }, (_, index) => [1.5, 0.75, 1.33, 1][index % 4] ?? 1);
    const rows = rowsOf(ratios, 1100);
    for (const row of rows.slice(0, -1)) {
      const last = boxesOf(row, (index) => ratios[index] ?? 1, 1100, WIDE.gap).at(-1);
      expect((last?.left ?? 0) + (last?.width ?? 0)).toBe(1100);
    }
  });

  it('never changes the order and leaves nobody out', () => {
    const ratios = Array.from({ length: 97 }, (_, index) => 0.62 + ((index * 37) % 100) / 60);
    const rows = rowsOf(ratios, 1000);
    expect(rows[0]?.start).toBe(0);
    rows.forEach((row, index) => expect(row.start).toBe(index === 0 ? 0 : rows[index - 1]?.end));
    expect(rows.at(-1)?.end).toBe(97);
  });

  it('grows a row up to 1.65 of the wished height and shrinks it little', () => {
    const ratios = Array.from({ length: 400 }, (_, index) => 0.62 + ((index * 53) % 179) / 100);
    for (const width of [500, 768, 1100, 1900]) {
      for (const row of rowsOf(ratios, width).slice(0, -1)) {
        expect(row.height).toBeLessThanOrEqual(Math.ceil(WIDE.wished * 1.65));
        expect(row.height).toBeGreaterThanOrEqual(Math.floor(WIDE.wished * WIDE.shrink));
      }
    }
  });

  it('keeps the last row at the wished height', () => {
    expect(rowsOf([1.5, 1.5], 1100)).toEqual([{ start: 0, end: 2, top: 0, height: 184, flush: false }]);
  });

  it('lends a last row of one a picture from the row above', () => {
    const rows = rowsOf([1.4, 1.4, 1.4, 1.4, 1.4], 1100);
    expect(rows.map((row) => row.end - row.start)).toEqual([3, 2]);
  });

  it('puts two pictures of a usual camera side by side on a phone', () => {
    const rows = rowsOf([1.5, 1.5, 1.5, 1.5], 328, PHONE);
    expect(rows.map((row) => row.end - row.start)).toEqual([2, 2]);
    expect(rows[0]?.height).toBe(108);
  });

  it('fills a phone with a single picture where the next one finds no room', () => {
    const rows = rowsOf([2.2, 2.4, 1], 328, PHONE);
    const only = boxesOf(rows[0]!, () => 2.2, 328, PHONE.gap);
    expect(only).toEqual([{ left: 0, width: 328 }]);
  });

  it('holds a proportion within 0.62 and 2.4 and guesses a missing one', () => {
    expect(shownRatio(9)).toBe(2.4);
    expect(shownRatio(0.1)).toBe(0.62);
    expect(shownRatio(null)).toBeCloseTo(1.333, 3);
    expect(shownRatio(Number.NaN)).toBeCloseTo(1.333, 3);
  });

  it('never makes a last picture wider than the page', () => {
    const rows = rowsOf([2.4], 200, WIDE);
    const [box] = boxesOf(rows[0]!, () => 2.4, 200, WIDE.gap);
    expect(box?.width).toBe(200);
  });

  it('answers an empty day and a page without width with no rows', () => {
    expect(rowsOf([], 1000)).toEqual([]);
    expect(rowsOf([1], 0)).toEqual([]);
  });
});

describe('prints on the shelf', () => {
  it('stand whole beside one another and go on in the next row', () => {
    const metrics = metricsFor(1280).print;
    const rows = layPrints(9, () => 1.33, 1100, metrics);
    expect(rows.map((row) => row.end - row.start)).toEqual([3, 3, 3]);
    expect(rows[1]?.top).toBe(metrics.height + metrics.border * 2 + metrics.words + metrics.gap);
  });
});
