// The spaces of this person: their own, and the families that they belong to.
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Role, Space } from '@memoryverse/api-client';
import { freshRead } from '@/services/freshRead';
import type { Outcome, Problem } from '@/services/problem';
import * as service from './spaceService';

const adding: ReadonlySet<Role> = new Set(['owner', 'editor', 'contributor']);

export function mayAdd(space: Space): boolean {
  return adding.has(space.role);
}

export const useSpaceStore = defineStore('spaces', () => {
  const spaces = shallowRef<Space[]>([]);
  const problem = shallowRef<Problem>();
  const loaded = shallowRef(false);
  const list = freshRead(service.listSpaces);

  const families = computed(() => spaces.value.filter((space) => space.kind === 'family'));
  const personal = computed(() => spaces.value.find((space) => space.kind === 'personal'));
  /** Where new memories go unless somebody says otherwise: the first family that one may add to, else one's own space. */
  const home = computed(() => families.value.find(mayAdd) ?? personal.value);
  /** The name over the door: the family's, where there is exactly one. */
  const houseName = computed(() => (families.value.length === 1 ? families.value[0]!.title : ''));

  function byId(id: string): Space | undefined {
    return spaces.value.find((space) => space.id === id);
  }

  /** Reads them anew. */
  async function load(): Promise<void> {
    const answer = await list.read();
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    spaces.value = answer.data.items;
    loaded.value = true;
  }

  function ensure(): Promise<void> {
    return loaded.value ? Promise.resolve() : load();
  }

  function put(space: Space): void {
    list.changed();
    const others = spaces.value.filter((known) => known.id !== space.id);
    spaces.value = byId(space.id)
      ? spaces.value.map((known) => (known.id === space.id ? space : known))
      : [...others, space];
  }

  async function create(title: string): Promise<Outcome<Space>> {
    const answer = await service.createSpace(title);
    if (answer.ok) put(answer.data);
    return answer;
  }

  async function rename(space: Space, title: string): Promise<Outcome<Space>> {
    const answer = await service.renameSpace(space.id, space.version, title);
    if (answer.ok) put(answer.data);
    return answer;
  }

  async function remove(id: string): Promise<Outcome<unknown>> {
    const answer = await service.deleteSpace(id);
    if (answer.ok) {
      list.changed();
      spaces.value = spaces.value.filter((space) => space.id !== id);
    }
    return answer;
  }

  return { spaces, families, personal, home, houseName, problem, loaded, byId, load, ensure, create, rename, remove };
});
