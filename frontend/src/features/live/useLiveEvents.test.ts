// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { effectScope } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useLiveStore } from './liveStore';
import { useLiveEvents } from './useLiveEvents';

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly address: string) {}
  close() {
    this.onclose?.();
  }
  say(seq: number, type: string, data: object = {}) {
    this.onmessage?.({ data: JSON.stringify({ seq, type, at: '', data }) });
  }
}

describe('keeping the stream open', () => {
  const sockets: FakeSocket[] = [];
  const open = (address: string) => {
    const socket = new FakeSocket(address);
    sockets.push(socket);
    return socket as unknown as WebSocket;
  };

  beforeEach(() => {
    setActivePinia(createPinia());
    sockets.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('resumes after the last event that it saw', async () => {
    const store = useLiveStore();
    const heard: number[] = [];
    store.on('memory.created', (message) => heard.push(message.seq));
    const live = useLiveEvents({ open });
    sockets[0]?.onopen?.();
    expect(store.connection).toBe('live');
    sockets[0]?.say(17, 'memory.created');
    sockets[0]?.close();
    expect(store.connection).toBe('waiting');
    await vi.advanceTimersByTimeAsync(600);
    expect(sockets[1]?.address).toContain('since=17');
    sockets[1]?.onopen?.();
    sockets[1]?.say(18, 'memory.created');
    expect(heard).toEqual([17, 18]);
    live.stop();
  });

  it('tries at once when the network comes back', () => {
    const live = useLiveEvents({ open });
    sockets[0]?.close();
    window.dispatchEvent(new Event('online'));
    expect(sockets).toHaveLength(2);
    live.stop();
  });

  it('ends where the session has ended', async () => {
    const live = useLiveEvents({ open, beforeRetry: () => Promise.resolve(false) });
    sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(useLiveStore().connection).toBe('idle');
    live.stop();
  });

  it('closes with the scope that opened it and calls nobody afterwards', async () => {
    const scope = effectScope();
    scope.run(() => useLiveEvents({ open }));
    scope.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('tells those who listen that something was missed', () => {
    const store = useLiveStore();
    const missed = vi.fn();
    const off = store.onMissed(missed);
    const live = useLiveEvents({ open });
    sockets[0]?.say(300, 'resync');
    expect(missed).toHaveBeenCalledTimes(1);
    off();
    sockets[0]?.say(400, 'resync');
    expect(missed).toHaveBeenCalledTimes(1);
    live.stop();
  });
});
