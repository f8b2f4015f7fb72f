import type { BatchOutcome, Memory, Page } from '@memoryverse/api-client';
import { api, outcome } from '@/services/api';
import type { Outcome } from '@/services/problem';

/** What lies in the trash, the latest first. */
export function listTrash(cursor?: string, limit = 100): Promise<Outcome<Page<Memory>>> {
  return outcome(api.GET('/api/v1/trash', { params: { query: { cursor, limit } } }));
}

/** Deletes for good; nothing brings them back. */
export function purge(memoryIds: string[]): Promise<Outcome<BatchOutcome>> {
  return outcome(api.POST('/api/v1/trash/purge', { body: { memoryIds } }));
}

export function emptyTrash(): Promise<Outcome<unknown>> {
  return outcome(api.DELETE('/api/v1/trash'));
}
