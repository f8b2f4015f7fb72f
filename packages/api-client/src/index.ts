// The client of the API: typed calls over fetch, and the names of the bodies. Everything that a client knows of the
// server comes from here.
import createFetchClient from 'openapi-fetch';

export type * from './contract';

/** What one call answers: a body, or the problem that the server described. */
export interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

type Send = <T = unknown>(path: string, init?: CallInit) => Promise<Answer<T>>;

export interface CallInit {
  params?: {
    path?: Record<string, string | number>;
    query?: Record<string, string | number | boolean | undefined>;
    header?: Record<string, string>;
  };
  body?: unknown;
}

export interface ApiClient {
  GET: Send;
  POST: Send;
  PUT: Send;
  PATCH: Send;
  DELETE: Send;
}

export interface ApiClientOptions {
  /** Origin of the server; empty for the one that served the page. */
  baseUrl?: string;
  fetch: (request: Request) => Promise<Response>;
}

/** A client that sends cookies to its own origin and leaves signing in, retries and language to `fetch`. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  return createFetchClient({
    baseUrl: options.baseUrl ?? '',
    credentials: 'same-origin',
    fetch: options.fetch,
  }) as unknown as ApiClient;
}
