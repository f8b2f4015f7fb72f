/** Which memory is looked at, its neighbours, and how one goes on and back. */
import { computed, ref, shallowRef, watch } from 'vue';
import { useRoute, useRouter, type RouteLocationRaw } from 'vue-router';
import { useMemoryStore } from '@/features/memories/memoryStore';
import { previewUrl } from '@/features/memories/memoryService';
import { useTimelineStore } from '@/features/timeline/timelineStore';
import type { Problem } from '@/services/problem';
import { collectionOrder, timelineOrder, trashOrder, type MemoryOrder, type Neighbour } from './memoryOrder';

const SPAN = 5;

export function useViewer() {
  const route = useRoute();
  const router = useRouter();
  const store = useMemoryStore();
  const timeline = useTimelineStore();

  const id = computed(() => String(route.params.id));
  const memory = computed(() => store.byId(id.value));
  const problem = shallowRef<Problem | null>(null);
  const neighbours = shallowRef<Neighbour[]>([]);
  const place = shallowRef<ReturnType<MemoryOrder['place']>>(null);
  /** Whether there is a page of ours to go back to. */
  const cameFromInside = window.history.state?.back != null;
  const sayWhen = ref(route.query.when === '1');

  const context = computed(() => {
    const { collection, from } = route.query;
    return typeof collection === 'string' ? `collection:${collection}` : from === 'trash' ? 'trash' : 'timeline';
  });
  let order: MemoryOrder = timelineOrder(timeline);
  watch(
    context,
    (now) => {
      if (now.startsWith('collection:')) order = collectionOrder(now.slice('collection:'.length));
      else order = now === 'trash' ? trashOrder() : timelineOrder(timeline);
    },
    { immediate: true },
  );

  const index = computed(() => neighbours.value.findIndex((each) => each.id === id.value));
  const previous = computed(() => (index.value > 0 ? (neighbours.value[index.value - 1] ?? null) : null));
  const next = computed(() => (index.value >= 0 ? (neighbours.value[index.value + 1] ?? null) : null));

  const linkOf = (target: string): RouteLocationRaw => {
    const { when: _when, ...query } = route.query;
    return { path: `/memories/${target}`, query };
  };

  async function load(): Promise<void> {
    const mine = id.value;
    problem.value = null;
    // Known from before, it is shown at once and brought up to date behind that.
    const answer = await store.load(mine);
    if (mine !== id.value) return;
    if (!answer.ok && !store.byId(mine)) problem.value = answer.problem;
  }

  async function look(): Promise<void> {
    const now = memory.value;
    if (!now || now.id !== id.value) return;
    const around = await order.around(now, SPAN);
    if (now.id !== id.value) return;
    neighbours.value = around;
    place.value = order.place(now);
    for (const each of [next.value, previous.value]) {
      if (each?.mediaId && each.hasPicture) new Image().src = previewUrl(each.mediaId, 1080);
      if (each) void store.ensure(each.id);
    }
  }

  watch(id, () => void load(), { immediate: true });
  watch(
    () => memory.value?.id,
    () => void look(),
    { immediate: true },
  );

  /** To a neighbour; the address changes, and Back still leads out of the viewer. */
  function go(target: Neighbour | null): void {
    if (!target) return;
    sayWhen.value = sayWhen.value && place.value?.key === 'viewer.place.shelf';
    void router.replace(linkOf(target.id));
  }

  async function close(): Promise<void> {
    if (cameFromInside) router.back();
    else await router.replace(order.home);
  }

  /** After this one has gone: the neighbour that takes its place, or out. */
  async function leaveGone(): Promise<void> {
    const heir = next.value ?? previous.value;
    if (heir) await router.replace(linkOf(heir.id));
    else await close();
  }

  return {
    id,
    memory,
    problem,
    neighbours,
    place,
    previous,
    next,
    linkOf,
    load,
    look,
    go,
    close,
    leaveGone,
    sayWhen,
    context,
  };
}
