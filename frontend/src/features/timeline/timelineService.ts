/** The timeline's part of the API, as data: counts of months, and a month's columns made into items. */
import type { BucketColumns, BucketCount, Buckets } from '@memoryverse/api-client';
import { api, outcome } from '@/services/api';
import { done, noNetwork, refused, readProblem, type Outcome } from '@/services/problem';
import type { TimelineItem } from './layout/sections';

export async function fetchBuckets(spaceId: string | null): Promise<Outcome<BucketCount[]>> {
  const query = spaceId === null ? {} : { spaceId };
  const answer = await outcome<Buckets>(api.GET('/api/v1/timeline/buckets', { params: { query } }));
  return answer.ok ? done(answer.data.buckets) : answer;
}

/** A month whole, however many pages the server cuts it into. */
export async function fetchMonth(bucket: string, spaceId: string | null): Promise<Outcome<TimelineItem[]>> {
  const items: TimelineItem[] = [];
  let cursor: string | undefined;
  try {
    do {
      const { data, error, response } = await api.GET('/api/v1/timeline/buckets/{bucket}', {
        params: { path: { bucket }, query: { spaceId: spaceId ?? undefined, cursor } },
      });
      if (!response.ok || !data) return refused(readProblem(response.status, error));
      items.push(...itemsOf(data));
      cursor = response.headers.get('Next-Cursor') ?? undefined;
    } while (cursor !== undefined);
  } catch {
    return refused(noNetwork);
  }
  return done(items);
}

/** Columns of equal length, turned into one thing a memory. */
export function itemsOf(columns: BucketColumns): TimelineItem[] {
  return columns.id.map((id, index) => ({
    id,
    type: columns.type[index] ?? 'photo',
    title: columns.title[index] ?? '',
    edtf: columns.edtf[index] ?? '',
    takenAt: columns.takenAt[index] ?? null,
    mediaId: columns.mediaId[index] ?? null,
    mimeType: columns.mimeType[index] ?? null,
    ratio: columns.ratio[index] ?? null,
    thumbhash: columns.thumbhash[index] ?? null,
    durationMs: columns.durationMs[index] ?? null,
    state: columns.state[index] ?? 'ready',
    favourite: columns.favourite[index] ?? false,
    version: columns.version[index] ?? 1,
  }));
}

export type PreviewSize = 256 | 1080 | 2048;

export function previewUrl(mediaId: string, size: PreviewSize): string {
  return `/api/v1/media/${encodeURIComponent(mediaId)}/preview?size=${size}`;
}

export function originalUrl(mediaId: string, download = false): string {
  return `/api/v1/media/${encodeURIComponent(mediaId)}/original${download ? '?download=1' : ''}`;
}
