/**
 * Keeps the stream of events open while somebody is signed in: connects, resumes after the last event that was seen,
 * waits longer after each failure, and tries at once when the network or the reader comes back.
 */
import { getCurrentScope, onScopeDispose } from 'vue';
import { addressOf, readMessage, waitBefore } from './liveProtocol';
import { useLiveStore } from './liveStore';

export interface LiveOptions {
  /**
   * Asked before a try that follows a failure. A browser does not tell why a socket was refused, so a session that has
   * run out is renewed here by any request that renews it. False ends the stream.
   */
  readonly beforeRetry?: () => Promise<boolean>;
  readonly open?: (address: string) => WebSocket;
}

export function useLiveEvents(options: LiveOptions = {}): { stop: () => void } {
  const store = useLiveStore();
  const open = options.open ?? ((address: string) => new WebSocket(address));
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function connect(): void {
    clearTimeout(timer);
    if (stopped || socket) return;
    store.take({ kind: 'connecting' });
    const mine = open(addressOf(window.location, store.state.since));
    socket = mine;
    mine.onopen = () => store.take({ kind: 'opened' });
    mine.onmessage = (event: MessageEvent) => {
      const message = readMessage(event.data);
      if (message) store.take({ kind: 'message', message });
    };
    mine.onclose = () => {
      if (socket === mine) socket = null;
      if (stopped) return;
      store.take({ kind: 'closed', online: navigator.onLine });
      timer = setTimeout(() => void retry(), waitBefore(store.state.failures));
    };
  }

  async function retry(): Promise<void> {
    clearTimeout(timer);
    if (stopped || socket) return;
    if (store.state.failures > 0 && options.beforeRetry && navigator.onLine) {
      const welcome = await options.beforeRetry().catch(() => true);
      if (!welcome) return stop();
    }
    connect();
  }

  function onOnline(): void {
    void retry();
  }

  function onOffline(): void {
    // The socket itself may need minutes to find out.
    socket?.close();
  }

  function onVisible(): void {
    if (document.visibilityState === 'visible') void retry();
  }

  function stop(): void {
    if (stopped) return;
    stopped = true;
    clearTimeout(timer);
    window.removeEventListener('online', onOnline);
    window.removeEventListener('offline', onOffline);
    document.removeEventListener('visibilitychange', onVisible);
    const last = socket;
    socket = null;
    last?.close();
    store.take({ kind: 'stopped' });
  }

  window.addEventListener('online', onOnline);
  window.addEventListener('offline', onOffline);
  document.addEventListener('visibilitychange', onVisible);
  if (getCurrentScope()) onScopeDispose(stop);
  connect();
  return { stop };
}
