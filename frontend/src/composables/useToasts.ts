import { reactive, readonly } from 'vue';

// Short words at the edge of the page: what has just happened, and how to take it back. One list for the whole page.

export interface ToastOptions {
  text: string;
  /** What one can do about it, «Вернуть». */
  action?: { label: string; run: () => void | Promise<unknown> };
  /** Troubles stay until somebody closes them. */
  trouble?: boolean;
  /** Called once, when it is gone and the action was not taken. */
  gone?: () => void;
}

export interface Toast extends ToastOptions {
  id: number;
}

const lifetimeMs = 8_000;
const toasts = reactive<Toast[]>([]);
const timers = new Map<number, { timer?: ReturnType<typeof setTimeout>; left: number; since: number }>();
let nextId = 1;

function start(id: number): void {
  const clock = timers.get(id);
  if (!clock) return;
  clock.since = Date.now();
  clock.timer = setTimeout(() => dismiss(id), clock.left);
}

/** Takes a toast away; without its action having been run, `gone` is called. */
export function dismiss(id: number, acted = false): void {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index < 0) return;
  const [toast] = toasts.splice(index, 1);
  clearTimeout(timers.get(id)?.timer);
  timers.delete(id);
  if (!acted) toast?.gone?.();
}

export function showToast(options: ToastOptions): number {
  const id = nextId++;
  toasts.push({ ...options, id });
  // At most three at a time: the oldest goes first.
  while (toasts.length > 3) dismiss(toasts[0]!.id);
  if (!options.trouble) {
    timers.set(id, { left: lifetimeMs, since: Date.now() });
    start(id);
  }
  return id;
}

/** Stops the clock while somebody reads. */
export function holdToasts(): void {
  for (const clock of timers.values()) {
    clearTimeout(clock.timer);
    clock.left = Math.max(2_000, clock.left - (Date.now() - clock.since));
  }
}

export function releaseToasts(): void {
  for (const id of timers.keys()) start(id);
}

export function runToastAction(toast: Toast): void {
  dismiss(toast.id, true);
  void toast.action?.run();
}

/** Ends all of them now, as when the page is left. */
export function flushToasts(): void {
  for (const toast of [...toasts]) dismiss(toast.id);
}

export function useToasts() {
  return { toasts: readonly(toasts) as readonly Toast[], show: showToast, dismiss };
}
