import { beforeEach, expect, test, vi } from 'vitest';

const fetchMock = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.resetModules();
  fetchMock.mockReset();
  vi.stubGlobal('fetch', fetchMock);
});

function reply(status: number, body: unknown = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

const later = () => new Date(Date.now() + 900_000).toISOString();

test('renews once for all that ask at the same time', async () => {
  const { refreshSession, hasSession } = await import('./session');
  fetchMock.mockResolvedValue(reply(200, { expiresAt: later() }));
  const answers = await Promise.all([refreshSession(), refreshSession(), refreshSession()]);
  expect(answers).toEqual([true, true, true]);
  expect(fetchMock).toHaveBeenCalledTimes(1);
  expect(hasSession()).toBe(true);
});

test('tells that the session is over when the server no longer knows it', async () => {
  const { refreshSession, rememberSession, hasSession, onSessionEnd } = await import('./session');
  rememberSession(later());
  const ended = vi.fn();
  onSessionEnd(ended);
  fetchMock.mockResolvedValue(reply(401));
  expect(await refreshSession()).toBe(false);
  expect(ended).toHaveBeenCalledTimes(1);
  expect(hasSession()).toBe(false);
});

test('keeps the session when there is no network', async () => {
  const { refreshSession, rememberSession, hasSession, onSessionEnd } = await import('./session');
  rememberSession(later());
  const ended = vi.fn();
  onSessionEnd(ended);
  fetchMock.mockRejectedValue(new TypeError('no network'));
  expect(await refreshSession()).toBe(false);
  expect(ended).not.toHaveBeenCalled();
  expect(hasSession()).toBe(true);
});

test('sends a request again after a renewal, and only once', async () => {
  const { api, outcome } = await import('./api');
  const { rememberSession } = await import('./session');
  rememberSession(new Date(Date.now() - 1_000).toISOString());
  let refreshed = false;
  fetchMock.mockImplementation((input) => {
    const url = String(input instanceof Request ? input.url : input);
    if (url.endsWith('/auth/refresh')) {
      refreshed = true;
      return Promise.resolve(reply(200, { expiresAt: later() }));
    }
    return Promise.resolve(refreshed ? reply(200, { items: [] }) : reply(401));
  });
  const answer = await outcome(api.GET('/api/v1/spaces'));
  expect(answer).toEqual({ ok: true, data: { items: [] } });
  expect(fetchMock).toHaveBeenCalledTimes(3);
});

test('answers a network problem instead of throwing', async () => {
  const { api, outcome } = await import('./api');
  fetchMock.mockRejectedValue(new TypeError('no network'));
  const answer = await outcome(api.GET('/api/v1/server/status'));
  expect(answer).toMatchObject({ ok: false, problem: { status: 0, key: 'network' } });
});
