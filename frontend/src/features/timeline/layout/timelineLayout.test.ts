import { describe, expect, it } from 'vitest';
import { itemOf, monthOf } from './fixtures';
import { metricsFor } from './metrics';
import { groupKeyOf, saysOnlyYear } from './sections';
import { TimelineLayout, type BucketCount } from './timelineLayout';

const METRICS = metricsFor(1280);

function libraryOf(months: number, each: number): BucketCount[] {
  return Array.from({ length: months }, (_, index) => {
    const month = 2026 * 12 + 10 - index;
    return { bucket: `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`, count: each };
  });
}

describe('the layout of the timeline', () => {
  it('has a height from the counts alone, near to what it turns out to be', () => {
    const counts = libraryOf(12, 80);
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets(counts);
    const guessed = layout.totalHeight;
    for (const { bucket, count } of counts) layout.setItems(bucket, monthOf(bucket, count));
    expect(guessed / layout.totalHeight).toBeGreaterThan(0.7);
    expect(guessed / layout.totalHeight).toBeLessThan(1.3);
  });

  it('guesses better once it has seen some months', () => {
    const counts = libraryOf(60, 40);
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets(counts);
    for (const { bucket, count } of counts.slice(0, 10)) layout.setItems(bucket, monthOf(bucket, count, 12));
    const guessed = layout.totalHeight;
    for (const { bucket, count } of counts) layout.setItems(bucket, monthOf(bucket, count, 12));
    expect(guessed / layout.totalHeight).toBeGreaterThan(0.85);
    expect(guessed / layout.totalHeight).toBeLessThan(1.15);
  });

  it('knows a month of which nobody ever said more than the year', () => {
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets([
      { bucket: '1962-06', count: 1 },
      { bucket: '1935-01', count: 2 },
    ]);
    expect(layout.buckets.map(saysOnlyYear)).toEqual([false, false]);
    layout.setItems('1962-06', [itemOf({ id: 'wedding', edtf: '1962-22' })]);
    layout.setItems('1935-01', [itemOf({ id: 'uncle', edtf: '1935~' }), itemOf({ id: 'house', edtf: '193X' })]);
    expect(layout.buckets.map(saysOnlyYear)).toEqual([false, true]);
  });

  it('groups a month by day and keeps vaguer dates by themselves', () => {
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets([{ bucket: '2008-06', count: 4 }]);
    layout.setItems('2008-06', [
      itemOf({ id: 'a', edtf: '2008-06-12T18:00:00+03:00' }),
      itemOf({ id: 'b', edtf: '2008-06-12' }),
      itemOf({ id: 'c', edtf: '2008-06-02' }),
      itemOf({ id: 'd', edtf: '2008-22' }),
    ]);
    expect(layout.buckets[0]?.groups.map((group) => [group.kind, group.key, group.end - group.start])).toEqual([
      ['day', '2008-06-12', 2],
      ['day', '2008-06-02', 1],
      ['vague', '2008-22', 1],
    ]);
  });

  it('draws only what is near: at most the rows that touch the window', () => {
    const counts = libraryOf(120, 200);
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets(counts);
    for (const { bucket, count } of counts) layout.setItems(bucket, monthOf(bucket, count, 20));
    const from = layout.totalHeight / 2;
    const seen = layout.visible(from, from + 900);
    const rows = seen.flatMap((bucket) => bucket.groups.flatMap((group) => group.rows));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.length).toBeLessThan(12);
    for (const bucket of seen) {
      for (const { group, rows: lines } of bucket.groups) {
        for (const row of lines) {
          const top = bucket.top + group.top + group.headHeight + row.top;
          expect(top + row.height).toBeGreaterThan(from);
          expect(top).toBeLessThan(from + 900);
        }
      }
    }
  });

  it('covers the page without a hole or an overlap', () => {
    const layout = new TimelineLayout(700, metricsFor(768));
    layout.setBuckets(libraryOf(5, 33));
    for (const { bucket, count } of libraryOf(3, 33)) layout.setItems(bucket, monthOf(bucket, count));
    for (let index = 0; index < layout.buckets.length; index++) {
      expect(layout.topOf(index + 1)).toBe(layout.topOf(index) + (layout.buckets[index]?.height ?? 0));
    }
    const groups = layout.buckets[0]?.groups ?? [];
    groups.forEach((group, index) => {
      if (index > 0) expect(group.top).toBe((groups[index - 1]?.top ?? 0) + (groups[index - 1]?.height ?? 0));
    });
  });

  it('forgets months that are gone and keeps those that stay', () => {
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets(libraryOf(3, 10));
    layout.setItems('2026-11', monthOf('2026-11', 10));
    layout.setItems('2026-10', monthOf('2026-10', 10));
    layout.setBuckets([{ bucket: '2026-10', count: 10 }]);
    expect(layout.buckets.map((bucket) => [bucket.bucket, bucket.known])).toEqual([['2026-10', true]]);
    expect(layout.find('2026-10-3')).toMatchObject({ bucket: 0, group: 0, item: 3 });
    expect(layout.find('2026-11-3')).toBeNull();
  });

  it('finds the month at a height, also beyond the ends', () => {
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets(libraryOf(4, 10));
    expect(layout.bucketAt(-50)).toBe(0);
    expect(layout.bucketAt(layout.topOf(2) + 1)).toBe(2);
    expect(layout.bucketAt(1e9)).toBe(3);
  });

  it('lays 100,000 memories out anew in less time than a person notices', () => {
    const counts = libraryOf(240, 417);
    const layout = new TimelineLayout(1100, METRICS);
    layout.setBuckets(counts);
    for (const { bucket, count } of counts) layout.setItems(bucket, monthOf(bucket, count, 12));
    layout.resize(800, METRICS);
    expect(layout.buckets.reduce((sum, bucket) => sum + bucket.items.length, 0)).toBe(100_080);
    expect(layout.visible(0, 1000).length).toBeGreaterThan(0);
  });
});

describe('the group of a date', () => {
  it('is the day where the day is known, else the words of the date', () => {
    expect(groupKeyOf('1962-07-14T10:00:00Z')).toEqual({ key: '1962-07-14', kind: 'day' });
    expect(groupKeyOf('1962-07-14~')).toEqual({ key: '1962-07-14', kind: 'day' });
    expect(groupKeyOf('1935~')).toEqual({ key: '1935~', kind: 'vague' });
    expect(groupKeyOf('196X')).toEqual({ key: '196X', kind: 'vague' });
    expect(groupKeyOf('1962-07')).toEqual({ key: '1962-07', kind: 'vague' });
    expect(groupKeyOf('')).toEqual({ key: 'undated', kind: 'shelf' });
  });
});
