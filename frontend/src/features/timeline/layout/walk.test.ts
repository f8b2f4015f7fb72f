import { describe, expect, it } from 'vitest';
import { monthOf } from './fixtures';
import { metricsFor } from './metrics';
import { TimelineLayout } from './timelineLayout';
import { walk, type Step } from './walk';

function twoMonths() {
  const layout = new TimelineLayout(1100, metricsFor(1280));
  layout.setBuckets([
    { bucket: '2020-02', count: 12 },
    { bucket: '2020-01', count: 12 },
    { bucket: '2019-12', count: 3 },
  ]);
  layout.setItems('2020-02', monthOf('2020-02', 12, 12));
  layout.setItems('2020-01', monthOf('2020-01', 12, 6));
  return layout;
}

function idAfter(layout: TimelineLayout, id: string, step: Step): string | undefined {
  const from = layout.find(id);
  if (!from) throw new Error(`no ${id}`);
  const arrival = walk(layout, from, step);
  return arrival.kind === 'spot' ? layout.itemAt(arrival.spot)?.id : arrival.kind;
}

describe('walking with the arrow keys', () => {
  it('goes through the order, over the end of a row and of a month', () => {
    const layout = twoMonths();
    expect(idAfter(layout, '2020-02-0', 'right')).toBe('2020-02-1');
    expect(idAfter(layout, '2020-02-11', 'right')).toBe('2020-01-0');
    expect(idAfter(layout, '2020-01-0', 'left')).toBe('2020-02-11');
    expect(idAfter(layout, '2020-02-0', 'left')).toBe('edge');
  });

  it('goes down to the picture that stands below, and up again to where it came from', () => {
    const layout = twoMonths();
    const below = idAfter(layout, '2020-02-0', 'down');
    expect(below).toMatch(/^2020-02-/);
    expect(layout.find(below!)?.row).toBe(1);
    expect(idAfter(layout, below!, 'up')).toBe('2020-02-0');
  });

  it('crosses days and months downwards', () => {
    const layout = twoMonths();
    const last = layout.buckets[0]?.groups[0]?.rows.at(-1);
    const below = idAfter(layout, `2020-02-${last?.start}`, 'down');
    expect(layout.find(below!)).toMatchObject({ bucket: 1, group: 0, row: 0 });
  });

  it('says which month must be fetched first', () => {
    const layout = twoMonths();
    const from = layout.find('2020-01-11')!;
    expect(walk(layout, from, 'right')).toEqual({ kind: 'unknown', bucket: 2, from: 'top' });
    expect(walk(layout, from, 'last')).toEqual({ kind: 'unknown', bucket: 2, from: 'bottom' });
  });

  it('goes to both ends of a row and to the very first picture', () => {
    const layout = twoMonths();
    const row = layout.buckets[0]?.groups[0]?.rows[1];
    expect(idAfter(layout, `2020-02-${row!.start + 1}`, 'row-start')).toBe(`2020-02-${row!.start}`);
    expect(idAfter(layout, `2020-02-${row!.start}`, 'row-end')).toBe(`2020-02-${row!.end - 1}`);
    expect(idAfter(layout, '2020-01-11', 'first')).toBe('2020-02-0');
  });
});
