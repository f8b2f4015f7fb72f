import type { Items, Member, Role, Space } from '@memoryverse/api-client';
import { api, idempotencyKey, ifMatch, outcome } from '@/services/api';
import type { Outcome } from '@/services/problem';

export function listSpaces(): Promise<Outcome<Items<Space>>> {
  return outcome(api.GET('/api/v1/spaces'));
}

/** Makes a family; who makes it owns it. */
export function createSpace(title: string): Promise<Outcome<Space>> {
  return outcome(api.POST('/api/v1/spaces', { params: { header: idempotencyKey() }, body: { title } }));
}

export function renameSpace(id: string, version: number, title: string): Promise<Outcome<Space>> {
  return outcome(
    api.PATCH('/api/v1/spaces/{id}', { params: { path: { id }, header: ifMatch(version) }, body: { title } }),
  );
}

/** Only an empty family can go. */
export function deleteSpace(id: string): Promise<Outcome<unknown>> {
  return outcome(api.DELETE('/api/v1/spaces/{id}', { params: { path: { id } } }));
}

export function listMembers(id: string): Promise<Outcome<Items<Member>>> {
  return outcome(api.GET('/api/v1/spaces/{id}/members', { params: { path: { id } } }));
}

export function setMemberRole(id: string, userId: string, role: Role): Promise<Outcome<Member>> {
  return outcome(api.PUT('/api/v1/spaces/{id}/members/{userId}', { params: { path: { id, userId } }, body: { role } }));
}

/** With one's own id, leaves the family. */
export function removeMember(id: string, userId: string): Promise<Outcome<unknown>> {
  return outcome(api.DELETE('/api/v1/spaces/{id}/members/{userId}', { params: { path: { id, userId } } }));
}
