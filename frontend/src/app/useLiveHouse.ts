import { onScopeDispose } from 'vue';
import { useSessionStore } from '@/features/accounts/sessionStore';
import { useCollectionStore } from '@/features/collections/collectionStore';
import { useLiveStore } from '@/features/live/liveStore';
import { useMemoryStore } from '@/features/memories/memoryStore';

// What the whole house does when others change things: what is shown is brought up to date.

interface Changed {
  id?: string;
  version?: number;
}

export function useLiveHouse(): void {
  const live = useLiveStore();
  const memories = useMemoryStore();
  const collections = useCollectionStore();
  const session = useSessionStore();

  const stops = [
    live.on('memory.updated', (message) => {
      const data = message.data as Changed;
      if (data.id) void memories.refreshIfOlder(data.id, data.version ?? 0);
    }),
    live.on('memory.deleted', (message) => {
      const data = message.data as Changed;
      if (data.id) memories.forget(data.id);
    }),
    live.on('collection.updated', (message) => {
      const data = message.data as Changed;
      if (!collections.loaded || !data.id) return;
      const known = collections.byId(data.id);
      if (!known || data.version === undefined || known.version < data.version) void collections.load();
    }),
    live.on('account.changed', () => void session.refresh()),
    live.onMissed(() => {
      void session.refresh();
      if (collections.loaded) void collections.load();
    }),
  ];
  onScopeDispose(() => stops.forEach((stop) => stop()));
}
