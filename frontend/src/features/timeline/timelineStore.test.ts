import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { monthOf } from './layout/fixtures';
import type { TimelineItem } from './layout/sections';
import * as service from './timelineService';
import { useTimelineStore } from './timelineStore';
import { gather } from './useTimelineLive';

vi.mock('./timelineService', async (original) => ({
  ...(await original<typeof service>()),
  fetchBuckets: vi.fn(),
  fetchMonth: vi.fn(),
}));

const home = new Map<string, TimelineItem[]>();
const noNetwork = { ok: false as const, problem: { key: 'network', status: 0, title: '', detail: '', errors: [] } };

describe('the memories of the timeline', () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    home.clear();
    home.set('2020-02', monthOf('2020-02', 3));
    home.set('2020-01', monthOf('2020-01', 2));
    vi.mocked(service.fetchBuckets).mockImplementation(() =>
      Promise.resolve({ ok: true, data: [...home].map(([bucket, items]) => ({ bucket, count: items.length })) }),
    );
    vi.mocked(service.fetchMonth).mockImplementation((bucket) =>
      Promise.resolve({ ok: true, data: home.get(bucket) ?? [] }),
    );
    vi.mocked(service.fetchMonth).mockClear();
  });

  it('asks for a month once, however many want it', async () => {
    const store = useTimelineStore();
    await store.load();
    await Promise.all([store.ensure('2020-02'), store.ensure('2020-02')]);
    await store.ensure('2020-02');
    expect(service.fetchMonth).toHaveBeenCalledTimes(1);
    expect(store.total).toBe(5);
  });

  it('walks to the neighbours over the border of a month, fetching the next one', async () => {
    const store = useTimelineStore();
    await store.load();
    await store.ensure('2020-02');
    expect((await store.neighbour('2020-02-0', 1))?.id).toBe('2020-02-1');
    expect((await store.neighbour('2020-02-2', 1))?.id).toBe('2020-01-0');
    expect((await store.neighbour('2020-01-0', -1))?.id).toBe('2020-02-2');
    expect(await store.neighbour('2020-02-0', -1)).toBeNull();
  });

  it('knows what has just arrived, but not what it merely had not seen', async () => {
    const store = useTimelineStore();
    await store.load();
    await store.ensure('2020-02');
    expect(store.arrived.size).toBe(0);
    home.set('2020-02', [...monthOf('2020-02', 3), ...monthOf('2020-02-new', 1)]);
    await store.refresh(['2020-02']);
    expect([...store.arrived]).toEqual(['2020-02-new-0']);
    expect(store.total).toBe(6);
  });

  it('only counts what changed in months that nobody looked at', async () => {
    const store = useTimelineStore();
    await store.load();
    home.set('2020-01', monthOf('2020-01', 9));
    await store.refresh(['2020-01']);
    expect(service.fetchMonth).not.toHaveBeenCalled();
    expect(store.counts.find((each) => each.bucket === '2020-01')?.count).toBe(9);
  });

  it('asks again by itself only for months that changed or wait for pictures', async () => {
    const store = useTimelineStore();
    await store.load();
    await store.ensure('2020-02');
    await store.ensure('2020-01');
    vi.mocked(service.fetchMonth).mockClear();
    await store.look();
    expect(service.fetchMonth).not.toHaveBeenCalled();
    home.set('2020-01', monthOf('2020-01', 4));
    await store.look();
    expect(vi.mocked(service.fetchMonth).mock.calls.map(([bucket]) => bucket)).toEqual(['2020-01']);
  });

  it('shows a change at once and takes it back', async () => {
    const store = useTimelineStore();
    await store.load();
    await store.ensure('2020-02');
    const takeBack = store.patch('2020-02-1', { favourite: true });
    expect(store.itemOf('2020-02-1')?.favourite).toBe(true);
    takeBack();
    expect(store.itemOf('2020-02-1')?.favourite).toBe(false);
  });

  it('takes memories off the page with their counts', async () => {
    const store = useTimelineStore();
    await store.load();
    await store.ensure('2020-01');
    store.remove(new Set(['2020-01-0', '2020-01-1']));
    expect(store.counts).toEqual([{ bucket: '2020-02', count: 3 }]);
    expect(store.itemOf('2020-01-0')).toBeNull();
  });

  it('stays readable when the network goes, and says so only where there is nothing to read', async () => {
    const store = useTimelineStore();
    await store.load();
    vi.mocked(service.fetchBuckets).mockResolvedValue(noNetwork);
    await store.load();
    expect(store.status).toBe('ready');
    store.reset();
    await store.load();
    expect(store.status).toBe('failed');
  });

  it('tries a month again that could not be fetched', async () => {
    const store = useTimelineStore();
    await store.load();
    vi.mocked(service.fetchMonth).mockResolvedValueOnce(noNetwork);
    expect(await store.ensure('2020-02')).toBe(false);
    expect(store.failedMonths.has('2020-02')).toBe(true);
    expect(await store.retry('2020-02')).toBe(true);
    expect(store.failedMonths.size).toBe(0);
  });
});

describe('columns', () => {
  it('become one item a memory', () => {
    const columns = {
      id: ['a', 'b'],
      type: ['photo', 'story'],
      title: ['', 'Слово'],
      edtf: ['2019-07-14', ''],
      takenAt: [1, null],
      offsetMinutes: [180, null],
      mediaId: ['m', null],
      mimeType: ['image/jpeg', null],
      ratio: [1.5, null],
      thumbhash: ['AAAA', null],
      durationMs: [null, null],
      state: ['ready', 'ready'],
      favourite: [true, false],
      version: [4, 1],
    };
    expect(service.itemsOf(columns as never)).toMatchObject([
      { id: 'a', ratio: 1.5, favourite: true, version: 4 },
      { id: 'b', type: 'story', title: 'Слово', mediaId: null, takenAt: null },
    ]);
  });
});

describe('gathering changes', () => {
  it('hands many over together, and does not wait for ever', () => {
    vi.useFakeTimers();
    const flush = vi.fn();
    const gathered = gather(flush, 250, 1000);
    for (let index = 0; index < 15; index++) {
      gathered.add(`2020-${index % 3}`);
      vi.advanceTimersByTime(100);
    }
    expect(flush).toHaveBeenCalledTimes(1);
    expect([...flush.mock.calls[0]![0]]).toEqual(['2020-0', '2020-1', '2020-2']);
    vi.advanceTimersByTime(1000);
    expect(flush).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });
});
