import type {
  BatchOutcome,
  Collection,
  CollectionDraft,
  CollectionPatch,
  Items,
  Memory,
  Page,
} from '@memoryverse/api-client';
import { api, idempotencyKey, ifMatch, outcome } from '@/services/api';
import type { Outcome } from '@/services/problem';

/** The whole tree of one space, or of all of this person's; siblings in their order. */
export function listCollections(spaceId?: string): Promise<Outcome<Items<Collection>>> {
  return outcome(api.GET('/api/v1/collections', { params: { query: { spaceId } } }));
}

export function getCollection(id: string): Promise<Outcome<Collection>> {
  return outcome(api.GET('/api/v1/collections/{id}', { params: { path: { id } } }));
}

export function createCollection(draft: CollectionDraft): Promise<Outcome<Collection>> {
  return outcome(api.POST('/api/v1/collections', { params: { header: idempotencyKey() }, body: draft }));
}

export function patchCollection(id: string, version: number, patch: CollectionPatch): Promise<Outcome<Collection>> {
  return outcome(
    api.PATCH('/api/v1/collections/{id}', {
      params: { path: { id }, header: ifMatch(version) },
      body: patch,
    }),
  );
}

/** Takes the collection and those inside it away; the memories stay. */
export function deleteCollection(id: string): Promise<Outcome<unknown>> {
  return outcome(api.DELETE('/api/v1/collections/{id}', { params: { path: { id } } }));
}

export function restoreCollection(id: string): Promise<Outcome<Collection>> {
  return outcome(api.POST('/api/v1/collections/{id}/restore', { params: { path: { id } } }));
}

export function listCollectionMemories(id: string, cursor?: string, limit = 100): Promise<Outcome<Page<Memory>>> {
  return outcome(api.GET('/api/v1/collections/{id}/memories', { params: { path: { id }, query: { cursor, limit } } }));
}

/** `refused` names those that cannot be in it. */
export function addMemories(id: string, memoryIds: string[]): Promise<Outcome<BatchOutcome>> {
  return outcome(api.POST('/api/v1/collections/{id}/memories', { params: { path: { id } }, body: { memoryIds } }));
}

/** Takes them out of the collection; they stay where they are otherwise. */
export function takeOutMemories(id: string, memoryIds: string[]): Promise<Outcome<BatchOutcome>> {
  return outcome(
    api.POST('/api/v1/collections/{id}/memories/remove', {
      params: { path: { id } },
      body: { memoryIds },
    }),
  );
}

/** `memoryIds` then stand together in this order before `beforeId`, or at the end. */
export function orderMemories(id: string, memoryIds: string[], beforeId?: string): Promise<Outcome<Collection>> {
  return outcome(
    api.PUT('/api/v1/collections/{id}/order', { params: { path: { id } }, body: { memoryIds, beforeId } }),
  );
}
