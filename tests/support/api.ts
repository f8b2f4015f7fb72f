// The house by its API: to prepare what a test is not about, and to look behind the page.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, vi } from 'vitest';

export interface Account {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const ANNA: Account = { name: 'Anna', email: 'anna@example.org', password: 'four words of anna' };
export const PAVEL: Account = { name: 'Pavel', email: 'pavel@example.org', password: 'four words of pavel' };

export interface MemoryBody {
  id: string;
  title: string;
  version: number;
  date: { edtf: string };
  media: { id: string; sha256: string; state: string; reasonText?: string }[];
}

export class Api {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async register(url: string, account: Account, more: Record<string, unknown> = {}): Promise<Api> {
    return Api.enter(url, 'register', { ...account, ...more });
  }

  static async login(url: string, { email, password }: Account): Promise<Api> {
    return Api.enter(url, 'login', { email, password });
  }

  private static async enter(url: string, how: string, body: unknown): Promise<Api> {
    const answer = await fetch(`${url}/api/v1/auth/${how}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return new Api(url, ((await answer.json()) as { accessToken: string }).accessToken);
  }

  async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const isForm = body instanceof FormData;
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Brings a file home and waits until its pictures are made. */
  async bring(path: string, more: Record<string, string> = {}): Promise<MemoryBody> {
    const form = new FormData();
    for (const [name, value] of Object.entries(more)) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(readFileSync(path))]), basename(path));
    const { memory } = await this.call<{ memory: MemoryBody }>('POST', '/media', form);
    return this.whenReady(memory.id);
  }

  async whenReady(id: string): Promise<MemoryBody> {
    let memory!: MemoryBody;
    await vi.waitFor(
      async () => {
        memory = await this.call<MemoryBody>('GET', `/memories/${id}`);
        expect(memory.media[0]?.state).not.toBe('pending');
      },
      { timeout: 30_000, interval: 100 },
    );
    return memory;
  }

  /** Changes a memory as it is now. */
  async patch(id: string, change: Record<string, unknown>): Promise<MemoryBody> {
    const { version } = await this.call<MemoryBody>('GET', `/memories/${id}`);
    return this.call<MemoryBody>('PATCH', `/memories/${id}`, change, { 'If-Match': `"${version}"` });
  }

  /** An account for somebody who was called into a family. */
  async callIn(account: Account, spaceId: string, role: string, more: Record<string, unknown> = {}): Promise<Api> {
    const { token } = await this.call<{ token: string }>('POST', '/invitations', { spaceId, role });
    return Api.register(this.url, account, { invitation: token, ...more });
  }

  async memories(): Promise<MemoryBody[]> {
    return (await this.call<{ items: MemoryBody[] }>('GET', '/memories?limit=200')).items;
  }
}

export const sha256Of = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
