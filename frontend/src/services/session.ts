// Keeps somebody signed in. Tokens live in HttpOnly cookies that no script sees; this file knows only when the access
// token ends, renews it shortly before, and once more when the server says 401. One renewal at a time, in all tabs: a
// refresh token that is used twice ends the session on the server.

const expiryKey = 'memoryverse.session-expires';
const lockName = 'memoryverse.session-refresh';
/** Renew this long before the end, so that pictures never meet an ended token. */
const marginMs = 60_000;

type Listener = () => void;

let pending: Promise<boolean> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const endListeners = new Set<Listener>();

function readExpiry(): number {
  const value = Number(localStorage.getItem(expiryKey));
  return Number.isFinite(value) ? value : 0;
}

function schedule(): void {
  clearTimeout(timer);
  const expiry = readExpiry();
  if (expiry === 0) return;
  // setTimeout takes at most 2^31 ms, which is more than any access token lives.
  timer = setTimeout(() => void renewIfDue(), Math.max(1_000, Math.min(expiry - Date.now() - marginMs, 0x7fffffff)));
}

async function renewIfDue(): Promise<void> {
  if (readExpiry() - Date.now() <= marginMs) await refreshSession();
  else schedule();
}

/** Remembers when the access token ends: call it with each answer of register, login and refresh. */
export function rememberSession(expiresAt: string): void {
  const at = Date.parse(expiresAt);
  if (Number.isNaN(at)) return;
  localStorage.setItem(expiryKey, String(at));
  schedule();
}

/** Whether this browser was signed in, as far as it remembers. */
export function hasSession(): boolean {
  return readExpiry() > 0;
}

export function forgetSession(): void {
  clearTimeout(timer);
  localStorage.removeItem(expiryKey);
}

/** Calls `listener` when the server no longer knows this session; returns the way to stop. */
export function onSessionEnd(listener: Listener): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

async function withLock(task: () => Promise<boolean>): Promise<boolean> {
  if ('locks' in navigator && navigator.locks) return navigator.locks.request(lockName, task);
  return task();
}

async function renew(known: number): Promise<boolean> {
  // Another tab may have renewed while this one waited for the lock.
  if (readExpiry() > known && readExpiry() > Date.now()) return true;
  let response: Response;
  try {
    response = await fetch('/api/v1/auth/refresh', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'memoryverse-web' },
      body: '{}',
    });
  } catch {
    return false; // No network: the session is not over, so nobody is sent away.
  }
  if (response.ok) {
    const body = (await response.json().catch(() => ({}))) as { expiresAt?: string };
    if (body.expiresAt) rememberSession(body.expiresAt);
    return true;
  }
  if (response.status === 401 || response.status === 403 || response.status === 422) {
    forgetSession();
    for (const listener of endListeners) listener();
  }
  return false;
}

/** Renews the session; true when the next request will carry a living token. Calls at the same time share one renewal. */
export function refreshSession(): Promise<boolean> {
  const known = readExpiry();
  pending ??= withLock(() => renew(known)).finally(() => {
    pending = undefined;
    schedule();
  });
  return pending;
}

/** Renews while the page lives. Returns the way to stop. */
export function keepSession(): () => void {
  const wake = (): void => {
    if (document.visibilityState === 'visible' && readExpiry() > 0) void renewIfDue();
  };
  document.addEventListener('visibilitychange', wake);
  wake();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
  };
}
