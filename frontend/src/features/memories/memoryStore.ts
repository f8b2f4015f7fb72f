// Memories by id, as this person sees them now. The timeline, the viewer, collections and the trash read one copy.
//
// Changes are optimistic: the entity shows the change at once, and the server's answer replaces it. When somebody else
// changed the same memory meanwhile (412), what both changed apart from each other is merged and sent again; where
// both changed the same member, `conflicts` holds the two of them until a person chooses.
import { defineStore } from 'pinia';
import { reactive, shallowReactive } from 'vue';
import type { Memory, MemoryPatch } from '@memoryverse/api-client';
import type { Outcome } from '@/services/problem';
import * as service from './memoryService';

/** Somebody else changed the same members first. */
export interface MemoryConflict {
  /** What this person wanted. */
  mine: MemoryPatch;
  /** The memory as the other one left it. */
  theirs: Memory;
  /** Members that both changed. */
  members: (keyof MemoryPatch)[];
}

function currentValue(memory: Memory, member: keyof MemoryPatch): unknown {
  if (member === 'date') return memory.date.edtf;
  if (member === 'confidence') return memory.date.confidence;
  return memory[member];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** `memory` as it will look once the server took `patch`; what only the server can tell stays as it was. */
export function applyPatch(memory: Memory, patch: MemoryPatch): Memory {
  const { date, confidence, place, ...plain } = patch;
  const next: Memory = { ...memory, ...plain };
  if (date !== undefined && date !== memory.date.edtf) {
    next.date = { edtf: date, confidence: memory.date.confidence, source: date === '' ? 'none' : 'person' };
  }
  if (confidence !== undefined) next.date = { ...next.date, confidence };
  if (place !== undefined) {
    const empty = !place.name && place.latitude === undefined && place.longitude === undefined;
    next.place = empty ? undefined : { ...place, name: place.name ?? '' };
  }
  return next;
}

export const useMemoryStore = defineStore('memories', () => {
  const entities = shallowReactive(new Map<string, Memory>());
  const conflicts = reactive(new Map<string, MemoryConflict>());
  const loading = new Map<string, Promise<Outcome<Memory>>>();

  /** Takes a memory in unless a newer version of it is here. */
  function keep(memory: Memory): void {
    const known = entities.get(memory.id);
    if (!known || known.version <= memory.version) entities.set(memory.id, memory);
  }

  function keepAll(memories: Memory[]): void {
    for (const memory of memories) keep(memory);
  }

  /** The memory as it is known; undefined until `load` brought it. */
  function byId(id: string): Memory | undefined {
    return entities.get(id);
  }

  /** Brings the newest version. Several callers share one request. */
  function load(id: string): Promise<Outcome<Memory>> {
    const running = loading.get(id);
    if (running) return running;
    const request = service
      .getMemory(id)
      .then((answer) => {
        if (answer.ok) keep(answer.data);
        else if (answer.problem.status === 404) entities.delete(id);
        return answer;
      })
      .finally(() => loading.delete(id));
    loading.set(id, request);
    return request;
  }

  /** The known one, else brings it. */
  async function ensure(id: string): Promise<Outcome<Memory>> {
    const known = entities.get(id);
    return known ? { ok: true, data: known } : load(id);
  }

  /**
   * Changes a memory: at once here, then at home. On a refusal the old one is back and the problem is answered; on a
   * conflict (problem 412 and an entry in `conflicts`) the other person's version stands until `resolve`.
   */
  async function update(id: string, patch: MemoryPatch): Promise<Outcome<Memory>> {
    const known = await ensure(id);
    if (!known.ok) return known;
    const before = known.data;
    entities.set(id, applyPatch(before, patch));
    const answer = await service.patchMemory(id, before.version, patch);
    if (answer.ok) {
      entities.set(id, answer.data);
      return answer;
    }
    if (answer.problem.status !== 412) {
      entities.set(id, before);
      return answer;
    }
    return merge(before, patch, answer);
  }

  async function merge(before: Memory, patch: MemoryPatch, refusal: Outcome<Memory>): Promise<Outcome<Memory>> {
    const newest = await service.getMemory(before.id);
    if (!newest.ok) {
      entities.set(before.id, before);
      return newest;
    }
    const theirs = newest.data;
    entities.set(before.id, theirs);
    const members = (Object.keys(patch) as (keyof MemoryPatch)[]).filter(
      (member) =>
        !same(currentValue(before, member), currentValue(theirs, member)) &&
        !same(patch[member], currentValue(theirs, member)),
    );
    if (members.length > 0) {
      conflicts.set(before.id, { mine: patch, theirs, members });
      return refusal;
    }
    entities.set(before.id, applyPatch(theirs, patch));
    const again = await service.patchMemory(before.id, theirs.version, patch);
    entities.set(before.id, again.ok ? again.data : theirs);
    return again;
  }

  /** Ends a conflict: `mine` writes this person's words over the other's, `theirs` leaves them. */
  async function resolve(id: string, choice: 'mine' | 'theirs'): Promise<void> {
    const conflict = conflicts.get(id);
    conflicts.delete(id);
    if (conflict && choice === 'mine') await update(id, conflict.mine);
  }

  /** Marks or unmarks for this person alone; others never see it. */
  async function setFavourite(id: string, favourite: boolean): Promise<Outcome<Memory>> {
    const set = (value: boolean): void => {
      const memory = entities.get(id);
      if (memory) entities.set(id, { ...memory, favourite: value });
    };
    set(favourite);
    const answer = await service.setFavourite(id, favourite);
    if (!answer.ok) set(!favourite);
    return answer;
  }

  /** Moves to the trash. Offer `restore` as undo. */
  async function trash(id: string): Promise<Outcome<unknown>> {
    const answer = await service.trashMemory(id);
    if (answer.ok) entities.delete(id);
    return answer;
  }

  async function restore(id: string): Promise<Outcome<Memory>> {
    const answer = await service.restoreMemory(id);
    if (answer.ok && answer.data) keep(answer.data);
    return answer;
  }

  /** Takes one change back; the history keeps both. */
  async function undo(id: string, version: number): Promise<Outcome<Memory>> {
    const answer = await service.undoRevision(id, version);
    if (answer.ok) entities.set(id, answer.data);
    return answer;
  }

  /** For live events: forget, so that the next reader loads it anew. */
  function forget(id: string): void {
    entities.delete(id);
  }

  /** After an event said that `version` exists: loads it where somebody looks at an older one. */
  async function refreshIfOlder(id: string, version: number): Promise<void> {
    const known = entities.get(id);
    if (known && known.version < version) await load(id);
  }

  /** Forgets everything: somebody else may sign in. */
  function $reset(): void {
    entities.clear();
    conflicts.clear();
  }

  return {
    entities,
    conflicts,
    byId,
    keep,
    keepAll,
    load,
    ensure,
    update,
    resolve,
    setFavourite,
    trash,
    restore,
    undo,
    forget,
    refreshIfOlder,
    $reset,
  };
});
