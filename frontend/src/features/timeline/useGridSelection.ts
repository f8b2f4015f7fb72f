/** Choosing pictures with pointer and keys: which are chosen, and what a press or a key does to that. */
import { computed, shallowRef } from 'vue';
import { extend, NOTHING_CHOSEN, toggle, toggleAll, without, type Selection } from './selection';

/** @param orderOf ids of all memories that are known, in the order of the page */
export function useGridSelection(orderOf: () => readonly string[]) {
  const selection = shallowRef<Selection>(NOTHING_CHOSEN);
  let rangeEnd: string | null = null;

  const ids = computed(() => selection.value.ids);
  const isChoosing = computed(() => selection.value.ids.size > 0);

  function between(one: string, other: string): readonly string[] {
    const order = orderOf();
    const from = order.indexOf(one);
    const to = order.indexOf(other);
    if (from < 0 || to < 0) return [other];
    return order.slice(Math.min(from, to), Math.max(from, to) + 1);
  }

  function press(id: string): void {
    selection.value = toggle(selection.value, id);
    rangeEnd = null;
  }

  /** Chooses from the anchor to here; `from` is where a range begins that has no anchor yet. */
  function stretch(id: string, from: string | null = null): void {
    const start = selection.value.anchor === null && from !== null ? toggle(selection.value, from) : selection.value;
    selection.value = extend(start, id, between, rangeEnd);
    rangeEnd = id;
  }

  function pressAll(group: readonly string[]): void {
    selection.value = toggleAll(selection.value, group);
    rangeEnd = null;
  }

  function clear(): void {
    selection.value = NOTHING_CHOSEN;
    rangeEnd = null;
  }

  function drop(gone: Iterable<string>): void {
    selection.value = without(selection.value, gone);
  }

  return { ids, isChoosing, press, stretch, pressAll, clear, drop };
}
