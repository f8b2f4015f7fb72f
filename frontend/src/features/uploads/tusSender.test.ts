// @vitest-environment node
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTusSender, type Sent, type SendFailure } from './tusSender';
import { entryOf } from './uploadEntry';

/** A home that speaks as much tus as a client needs, and breaks when it is told to. */
class FakeHome {
  readonly uploads = new Map<string, { bytes: Buffer; length: number; metadata: string }>();
  readonly methods: string[] = [];
  breakNext = 0;
  refuse: { status: number; body: object } | null = null;
  knows = new Set<string>();
  server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      this.methods.push(request.method ?? '');
      if (this.refuse) {
        response.writeHead(this.refuse.status, { 'content-type': 'application/problem+json' });
        return response.end(JSON.stringify(this.refuse.body));
      }
      if (this.breakNext > 0 && request.method === 'PATCH') {
        this.breakNext--;
        return request.socket.destroy();
      }
      const head: Record<string, string> = { 'Tus-Resumable': '1.0.0' };
      let id = request.url?.split('/').at(-1) ?? '';
      if (request.method === 'POST') {
        id = String(this.uploads.size + 1);
        const metadata = String(request.headers['upload-metadata'] ?? '');
        this.uploads.set(id, { bytes: Buffer.alloc(0), length: Number(request.headers['upload-length']), metadata });
        head.Location = `/api/v1/uploads/${id}`;
      }
      const upload = this.uploads.get(id);
      if (!upload) {
        response.writeHead(404, head);
        return response.end();
      }
      upload.bytes = Buffer.concat([upload.bytes, body]);
      head['Upload-Offset'] = String(upload.bytes.length);
      head['Upload-Length'] = String(upload.length);
      const sha256 = /sha256 ([^,]+)/.exec(upload.metadata)?.[1];
      const known = sha256 !== undefined && this.knows.has(Buffer.from(sha256, 'base64').toString());
      if (known || upload.bytes.length === upload.length) {
        Object.assign(head, { 'Memory-Id': 'memory-1', 'Media-Id': 'media-1', 'Upload-Duplicate': String(known) });
      }
      response.writeHead(request.method === 'POST' ? 201 : request.method === 'HEAD' ? 200 : 204, head);
      response.end();
    });
  });
}

function fileOf(bytes: Buffer): File {
  return Object.assign(bytes, { name: 'Лето.jpg', type: 'image/jpeg', lastModified: 1 }) as unknown as File;
}

describe('sending a file by tus', () => {
  let home: FakeHome;
  let endpoint = '';

  beforeEach(async () => {
    home = new FakeHome();
    await new Promise<void>((resolve) => home.server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(home.server.address() as AddressInfo).port}/api/v1/uploads`;
  });
  afterEach(() => new Promise((resolve) => void home.server.close(resolve)));

  function send(bytes: Buffer, options: { uploadUrl?: string; sha256?: string; chunkBytes?: number } = {}) {
    const file = fileOf(bytes);
    const entry = {
      ...entryOf({ file, path: file.name, collectionId: 'album' }, 'k', 0),
      uploadUrl: options.uploadUrl ?? null,
    };
    const located: string[] = [];
    const sender = createTusSender({ endpoint, tries: [1, 1, 1], chunkBytes: options.chunkBytes ?? 1000 });
    const outcome = new Promise<Sent | SendFailure>((resolve) => {
      sender(entry, file, options.sha256 ?? null, {
        progress: () => undefined,
        located: (url) => located.push(url),
        done: resolve,
        failed: resolve,
      });
    });
    return { outcome, located };
  }

  it('sends a small file with one request and learns what became of it', async () => {
    const { outcome } = send(Buffer.from('a small picture'));
    expect(await outcome).toEqual({ memoryId: 'memory-1', mediaId: 'media-1', duplicate: false });
    expect(home.methods).toEqual(['POST']);
    const metadata = home.uploads.get('1')?.metadata ?? '';
    expect(metadata).toContain(`filename ${Buffer.from('Лето.jpg').toString('base64')}`);
    expect(metadata).toContain(`collectionId ${Buffer.from('album').toString('base64')}`);
  });

  it('sends a large one in chunks, and its bytes arrive as they were', async () => {
    const bytes = Buffer.from(Array.from({ length: 4500 }, (_, index) => index % 251));
    const { outcome, located } = send(bytes);
    await outcome;
    expect(located[0]).toMatch(/\/api\/v1\/uploads\/1$/);
    expect(home.methods).toEqual(['POST', 'PATCH', 'PATCH', 'PATCH', 'PATCH']);
    const hash = (each: Buffer) => createHash('sha256').update(each).digest('hex');
    expect(hash(home.uploads.get('1')!.bytes)).toBe(hash(bytes));
  });

  it('goes on where it stopped when the network breaks', async () => {
    home.breakNext = 2;
    expect(await send(Buffer.alloc(3000, 7)).outcome).toMatchObject({ memoryId: 'memory-1' });
    expect(home.uploads.get('1')?.bytes.length).toBe(3000);
  });

  it('resumes at the address that an earlier page was given', async () => {
    home.uploads.set('9', { bytes: Buffer.alloc(2000, 7), length: 3000, metadata: '' });
    await send(Buffer.alloc(3000, 7), { uploadUrl: `${endpoint}/9` }).outcome;
    expect(home.methods).toEqual(['HEAD', 'PATCH']);
    expect(home.uploads.get('9')?.bytes.length).toBe(3000);
  });

  it('stops sending as soon as it hears that the file is at home', async () => {
    home.knows.add('known');
    const { outcome } = send(Buffer.alloc(5000, 7), { sha256: 'known' });
    expect(await outcome).toEqual({ memoryId: 'memory-1', mediaId: 'media-1', duplicate: true });
    expect(home.uploads.get('1')?.bytes.length).toBe(1000);
  });

  it('hands over the reason in the words of the server', async () => {
    home.refuse = { status: 413, body: { type: '/problems/upload.too-large', detail: 'Файл слишком велик.' } };
    expect(await send(Buffer.from('x')).outcome).toEqual({
      status: 413,
      detail: 'Файл слишком велик.',
      key: 'upload.too-large',
    });
  });
});
