// The collections of this person: one flat list, from which the tree is drawn.
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Collection, CollectionDraft, CollectionPatch } from '@memoryverse/api-client';
import { freshRead } from '@/services/freshRead';
import type { Outcome, Problem } from '@/services/problem';
import * as service from './collectionService';
import { buildTree, siblings, withDescendants } from './collectionTree';

export const useCollectionStore = defineStore('collections', () => {
  const collections = shallowRef<Collection[]>([]);
  const problem = shallowRef<Problem>();
  const loaded = shallowRef(false);
  const list = freshRead(service.listCollections);

  const tree = computed(() => buildTree(collections.value));

  function byId(id: string): Collection | undefined {
    return collections.value.find((collection) => collection.id === id);
  }

  /** Reads the tree anew. */
  async function load(): Promise<void> {
    const answer = await list.read();
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    collections.value = answer.data.items;
    loaded.value = true;
  }

  function ensure(): Promise<void> {
    return loaded.value ? Promise.resolve() : load();
  }

  function put(collection: Collection): void {
    list.changed();
    collections.value = byId(collection.id)
      ? collections.value.map((known) => (known.id === collection.id ? collection : known))
      : [...collections.value, collection];
  }

  /** Reads one anew, as after its memories changed. */
  async function refresh(id: string): Promise<Outcome<Collection>> {
    const answer = await service.getCollection(id);
    if (answer.ok) put(answer.data);
    else if (answer.problem.status === 404) collections.value = collections.value.filter((known) => known.id !== id);
    return answer;
  }

  async function create(draft: CollectionDraft): Promise<Outcome<Collection>> {
    const answer = await service.createCollection(draft);
    if (answer.ok) put(answer.data);
    return answer;
  }

  /** Changes one. When somebody else was first, the change is made upon theirs: it names single members, not the whole. */
  async function change(id: string, patch: CollectionPatch): Promise<Outcome<Collection>> {
    const known = byId(id);
    let answer = await service.patchCollection(id, known?.version ?? 1, patch);
    if (!answer.ok && answer.problem.status === 412) {
      const newest = await refresh(id);
      if (!newest.ok) return newest;
      answer = await service.patchCollection(id, newest.data.version, patch);
    }
    if (answer.ok) put(answer.data);
    return answer;
  }

  /** Moves into `parentId` ("" is the top), as the `position`th there. Positions of the others follow from the server. */
  async function move(id: string, parentId: string, position?: number): Promise<Outcome<Collection>> {
    const answer = await change(id, { parentId, position });
    if (answer.ok) await load();
    return answer;
  }

  /** One place earlier (-1) or later (1) among its siblings; undefined where there is no such place. */
  async function shift(id: string, by: -1 | 1): Promise<Outcome<Collection> | undefined> {
    const collection = byId(id);
    if (!collection) return undefined;
    const row = siblings(collections.value, collection);
    const target = row.findIndex((other) => other.id === id) + by;
    if (target < 0 || target >= row.length) return undefined;
    const answer = await change(id, { position: target });
    if (answer.ok) await load();
    return answer;
  }

  /** Takes it and those inside it away. Offer `restore` as undo. */
  async function remove(id: string): Promise<Outcome<unknown>> {
    const answer = await service.deleteCollection(id);
    if (answer.ok) {
      list.changed();
      const gone = withDescendants(collections.value, id);
      collections.value = collections.value.filter((collection) => !gone.has(collection.id));
    }
    return answer;
  }

  async function restore(id: string): Promise<Outcome<Collection>> {
    const answer = await service.restoreCollection(id);
    if (answer.ok) await load();
    return answer;
  }

  return {
    collections,
    tree,
    problem,
    loaded,
    byId,
    load,
    ensure,
    refresh,
    create,
    change,
    move,
    shift,
    remove,
    restore,
  };
});
