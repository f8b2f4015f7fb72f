// The one client of the API. A request that meets 401 renews the session once and is sent again.
import { createApiClient } from '@memoryverse/api-client';
import { done, noNetwork, readProblem, refused, type Outcome } from './problem';
import { refreshSession } from './session';

/** Names this client to the server, which then keeps the tokens in cookies that no script sees. */
export const clientHeader = { 'X-Requested-With': 'memoryverse-web' } as const;

const withoutRenewal = /\/api\/v1\/auth\/(login|register|refresh|logout)$/;

async function send(request: Request): Promise<Response> {
  request.headers.set('X-Requested-With', clientHeader['X-Requested-With']);
  request.headers.set('Accept-Language', document.documentElement.lang || 'ru');
  if (withoutRenewal.test(new URL(request.url).pathname)) return fetch(request);
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 401 || !(await refreshSession())) return response;
  return fetch(again);
}

export const api = createApiClient({
  baseUrl: typeof location === 'undefined' ? '' : location.origin,
  fetch: send,
});

/** What one call of the client answers. */
interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Turns an answer of the client into an outcome; a request that never arrived is a `network` problem. */
export async function outcome<T>(call: Promise<Answer<T>>): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    if (response.ok) return done(data as T);
    return refused(readProblem(response.status, error));
  } catch {
    return refused(noNetwork);
  }
}

/** The entity tag of a version, for `If-Match`. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}

/** A key for one act of creation, so that sending it twice creates once. */
export function idempotencyKey(): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': crypto.randomUUID() };
}
