/** Timelines made up for tests. */
import type { TimelineItem } from './sections';

export function itemOf(overrides: Partial<TimelineItem> & { id: string }): TimelineItem {
  return {
    type: 'photo',
    title: '',
    edtf: '2019-07-14',
    takenAt: Date.UTC(2019, 6, 14, 12),
    mediaId: `media-${overrides.id}`,
    mimeType: 'image/jpeg',
    ratio: 1.5,
    thumbhash: null,
    durationMs: null,
    state: 'ready',
    favourite: false,
    version: 1,
    ...overrides,
  };
}

const RATIOS = [1.5, 1.333, 0.75, 1.778, 0.667, 1, 3.2, 0.4];

/** A month with `count` pictures, `perDay` of them a day, newest first. */
export function monthOf(bucket: string, count: number, perDay = 5): TimelineItem[] {
  return Array.from({ length: count }, (_, index) => {
    const day = String(Math.max(1, 28 - Math.floor(index / perDay))).padStart(2, '0');
    return itemOf({ id: `${bucket}-${index}`, edtf: `${bucket}-${day}`, ratio: RATIOS[index % RATIOS.length] ?? 1 });
  });
}
