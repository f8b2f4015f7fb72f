// Memories over the API. Every function answers data or a problem; none throws.
import type {
  BatchOutcome,
  Memory,
  MemoryDraft,
  MemoryPatch,
  Page,
  Revision,
  Items,
  TagCount,
} from '@memoryverse/api-client';
import { api, idempotencyKey, ifMatch, outcome } from '@/services/api';
import type { Outcome } from '@/services/problem';

export type PreviewSize = 256 | 1080 | 2048;

/** Address of a picture of a medium, for `src`; immutable, so a browser keeps it. */
export function previewUrl(mediaId: string, size: PreviewSize): string {
  return `/api/v1/media/${encodeURIComponent(mediaId)}/preview?size=${size}`;
}

/** Address of the untouched original; `download` makes a browser save it under its own name. */
export function originalUrl(mediaId: string, download = false): string {
  return `/api/v1/media/${encodeURIComponent(mediaId)}/original${download ? '?download=1' : ''}`;
}

export interface MemoryFilter {
  spaceId?: string;
  type?: string;
  tag?: string;
  favourite?: boolean;
  limit?: number;
  cursor?: string;
}

export function listMemories(filter: MemoryFilter = {}): Promise<Outcome<Page<Memory>>> {
  return outcome(api.GET('/api/v1/memories', { params: { query: { ...filter } } }));
}

export function getMemory(id: string): Promise<Outcome<Memory>> {
  return outcome(api.GET('/api/v1/memories/{id}', { params: { path: { id } } }));
}

/** Saves a memory without a file: a story, in this version. */
export function createMemory(draft: MemoryDraft): Promise<Outcome<Memory>> {
  return outcome(api.POST('/api/v1/memories', { params: { header: idempotencyKey() }, body: draft }));
}

/** Changes what `patch` names. 412 when `version` is not the newest one. */
export function patchMemory(id: string, version: number, patch: MemoryPatch): Promise<Outcome<Memory>> {
  return outcome(
    api.PATCH('/api/v1/memories/{id}', { params: { path: { id }, header: ifMatch(version) }, body: patch }),
  );
}

/** Moves a memory to the trash, from where it can be taken back for 30 days. */
export function trashMemory(id: string): Promise<Outcome<unknown>> {
  return outcome(api.DELETE('/api/v1/memories/{id}', { params: { path: { id } } }));
}

export function restoreMemory(id: string): Promise<Outcome<Memory>> {
  return outcome(api.POST('/api/v1/memories/{id}/restore', { params: { path: { id } } }));
}

/** Moves up to 1,000 to the trash; `refused` names those that this person may not touch. */
export function trashMemories(memoryIds: string[]): Promise<Outcome<BatchOutcome>> {
  return outcome(api.POST('/api/v1/memories/trash', { body: { memoryIds } }));
}

export function restoreMemories(memoryIds: string[]): Promise<Outcome<BatchOutcome>> {
  return outcome(api.POST('/api/v1/memories/restore', { body: { memoryIds } }));
}

export function setFavourite(id: string, favourite: boolean): Promise<Outcome<Memory>> {
  const init = { params: { path: { id } } };
  return outcome(
    favourite ? api.PUT('/api/v1/memories/{id}/favourite', init) : api.DELETE('/api/v1/memories/{id}/favourite', init),
  );
}

/** Newest first. */
export function listRevisions(id: string, cursor?: string): Promise<Outcome<Page<Revision>>> {
  return outcome(api.GET('/api/v1/memories/{id}/revisions', { params: { path: { id }, query: { cursor } } }));
}

/** Takes the change that made `version` back, as a new change. */
export function undoRevision(id: string, version: number): Promise<Outcome<Memory>> {
  return outcome(
    api.POST('/api/v1/memories/{id}/revisions/{version}/undo', { params: { path: { id, version: String(version) } } }),
  );
}

/** Tags that are in use, most used first. */
export function listTags(spaceId?: string): Promise<Outcome<Items<TagCount>>> {
  return outcome(api.GET('/api/v1/tags', { params: { query: { spaceId } } }));
}
