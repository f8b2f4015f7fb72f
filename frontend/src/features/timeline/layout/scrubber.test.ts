import { describe, expect, it } from 'vitest';
import { metricsFor } from './metrics';
import { monthNumber, placeOfScroll, Scrubber, scrollTopOf } from './scrubber';
import { TimelineLayout } from './timelineLayout';

const COUNTS = [
  { bucket: '2026-11', count: 120 },
  { bucket: '2026-03', count: 4 },
  { bucket: '2008-10', count: 146 },
  { bucket: '1962-06', count: 1 },
  { bucket: 'undated', count: 214 },
];

describe('the spine of years', () => {
  it('keeps the true scale of time', () => {
    const spine = new Scrubber(COUNTS);
    const span = monthNumber('2026-11') - monthNumber('1962-06') + 1;
    expect(spine.positionOf('2026-11')).toBe(0);
    expect(spine.positionOf('2008-10')).toBeCloseTo((monthNumber('2026-11') - monthNumber('2008-10')) / span, 6);
  });

  it('leads a touch to the month that is nearest and holds something', () => {
    const spine = new Scrubber(COUNTS);
    expect(spine.placeAt(0)?.bucket).toBe('2026-11');
    expect(spine.placeAt(0.3)?.bucket).toBe('2008-10');
    expect(spine.placeAt(1)?.bucket).toBe('1962-06');
    expect(spine.placeAt(7)?.bucket).toBe('1962-06');
  });

  it('goes there and back for every month', () => {
    const spine = new Scrubber(COUNTS);
    for (const { bucket } of COUNTS.slice(0, 4)) {
      for (const passed of [0.1, 0.5, 0.9]) {
        const place = spine.placeAt(spine.positionOf(bucket, passed));
        expect(place?.bucket).toBe(bucket);
        expect(place?.passed).toBeCloseTo(passed, 4);
      }
    }
  });

  it('steps by months that hold something, and by years', () => {
    const spine = new Scrubber(COUNTS);
    expect(spine.step('2026-11', 1)).toBe('2026-03');
    expect(spine.step('2026-11', -1)).toBe('2026-11');
    expect(spine.stepYear('2026-11', 1)).toBe('2008-10');
    expect(spine.stepYear('1962-06', -1)).toBe('2008-10');
    expect(spine.stepYear('1962-06', 1)).toBe('1962-06');
  });

  it('writes as many years as find room, the newest one first', () => {
    const ticks = new Scrubber(COUNTS).ticks(600, 34);
    expect(ticks[0]).toMatchObject({ year: 2026, at: 0, bucket: '2026-11' });
    expect(ticks.slice(1).every((tick) => tick.year % 5 === 0)).toBe(true);
    for (let index = 1; index < ticks.length; index++) {
      expect((ticks[index]!.at - ticks[index - 1]!.at) * 600).toBeGreaterThanOrEqual(23);
    }
  });

  it('draws few as well as many, and nothing where there is nothing', () => {
    const shape = new Scrubber(COUNTS).silhouette(140);
    expect(Math.max(...shape)).toBe(1);
    expect(shape.at(-1)).toBeGreaterThan(0);
    expect(shape[70]).toBe(0);
  });

  it('is empty for a library without dates', () => {
    const spine = new Scrubber([{ bucket: 'undated', count: 3 }]);
    expect(spine.isEmpty).toBe(true);
    expect(spine.placeAt(0.5)).toBeNull();
    expect(spine.ticks(600)).toEqual([]);
  });

  it('maps the top of the page to a place and back', () => {
    const layout = new TimelineLayout(1000, metricsFor(1280));
    layout.setBuckets(COUNTS);
    const top = layout.topOf(2) + 300;
    const place = placeOfScroll(layout, top);
    expect(place?.bucket).toBe('2008-10');
    expect(scrollTopOf(layout, place!)).toBeCloseTo(top, 6);
    expect(scrollTopOf(layout, { bucket: '1700-01', passed: 0 })).toBe(0);
  });
});
