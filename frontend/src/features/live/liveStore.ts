/** The one stream of events of this page: its state for the shell, and who wants to hear of what. */
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { advance, FIRST_STATE, type LiveInput, type LiveMessage, type LiveState } from './liveProtocol';

export type LiveListener = (message: LiveMessage) => void;

export const useLiveStore = defineStore('live', () => {
  const state = shallowRef<LiveState>(FIRST_STATE);
  const listeners = new Map<string, Set<LiveListener>>();
  const missedListeners = new Set<() => void>();

  const connection = computed(() => state.value.connection);
  /** Whether the page knows that what it shows may be old. A first try that is under way is no news. */
  const isOffline = computed(() => connection.value === 'offline' || state.value.failures >= 2);

  function take(input: LiveInput): void {
    const [next, output] = advance(state.value, input);
    state.value = next;
    if (output.missed) for (const listener of [...missedListeners]) listener();
    const message = output.deliver;
    if (message) for (const listener of [...(listeners.get(message.type) ?? [])]) listener(message);
  }

  /** Hears of one kind of event until the returned function is called. */
  function on(type: string, listener: LiveListener): () => void {
    const set = listeners.get(type) ?? new Set();
    listeners.set(type, set.add(listener));
    return () => set.delete(listener);
  }

  /** Hears that events were missed, so that what is shown must be asked for anew. */
  function onMissed(listener: () => void): () => void {
    missedListeners.add(listener);
    return () => missedListeners.delete(listener);
  }

  return { state, connection, isOffline, take, on, onMissed };
});
