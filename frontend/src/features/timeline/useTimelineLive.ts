/**
 * Keeps the timeline up to date with what happens at home: events are gathered for a moment, so that a folder that
 * arrives costs a few requests and not one a file.
 */
import { onScopeDispose } from 'vue';
import type { LiveMessage } from '@/features/live/liveProtocol';
import { useLiveStore } from '@/features/live/liveStore';
import { useTimelineStore } from './timelineStore';

const GATHER_MS = 250;
/** Without the stream (a proxy that lets no socket through) the page asks by itself. */
const ASK_MS = 10_000;
/** However many come, what came first is shown after this. */
const LONGEST_MS = 1000;

/** Collects names and hands them over together. */
export function gather(flush: (names: Set<string>) => void, wait = GATHER_MS, longest = LONGEST_MS) {
  let names = new Set<string>();
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    timer = undefined;
    const all = names;
    names = new Set();
    flush(all);
  };
  return {
    add(...more: (string | undefined)[]): void {
      for (const name of more) if (name) names.add(name);
      if (names.size === 0) return;
      const now = Date.now();
      if (timer === undefined) since = now;
      clearTimeout(timer);
      timer = setTimeout(run, Math.max(0, Math.min(wait, since + longest - now)));
    },
    stop(): void {
      clearTimeout(timer);
      names = new Set();
    },
  };
}

export function useTimelineLive(): void {
  const live = useLiveStore();
  const timeline = useTimelineStore();
  const months = gather((names) => void timeline.refresh(names));

  function onChange(message: LiveMessage): void {
    const { bucket, previousBucket } = message.data;
    if (timeline.status === 'idle') return;
    months.add(
      typeof bucket === 'string' ? bucket : undefined,
      typeof previousBucket === 'string' ? previousBucket : undefined,
    );
  }

  const off = [
    live.on('memory.created', onChange),
    live.on('memory.updated', onChange),
    live.on('memory.deleted', onChange),
    live.onMissed(() => {
      if (timeline.status !== 'idle') void timeline.refresh(timeline.months.keys());
    }),
  ];
  const asking = setInterval(() => {
    const blind = live.connection !== 'live' && navigator.onLine && document.visibilityState === 'visible';
    if (blind && timeline.status === 'ready') void timeline.look();
  }, ASK_MS);
  onScopeDispose(() => {
    clearInterval(asking);
    for (const stop of off) stop();
    months.stop();
  });
}
