// What a client reads all day: lists, months, single memories, previews; and signing in.
import { deepStrictEqual } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { allPreviews, ask, upload } from '../lib/subjects.mjs';
import { pictures } from '../lib/library.mjs';

const PAGES = 100; // so that what is measured is no single page that lies in every cache

/** Addresses of list pages from all over the library. */
async function pageAddresses(subject, pages = PAGES) {
  const addresses = [];
  // Newest first: long steps reach the old years too.
  let address = '/api/v1/memories?limit=200';
  while (addresses.length < pages) {
    const { nextCursor } = await ask(subject, address);
    if (!nextCursor) break;
    address = `/api/v1/memories?limit=200&cursor=${nextCursor}`;
    addresses.push(`/api/v1/memories?limit=50&cursor=${nextCursor}`);
  }
  return addresses;
}

/** Throws where two subjects answer differently. */
async function compare(subjects, address) {
  const [first, ...others] = await Promise.all(subjects.map((subject) => ask(subject, address)));
  for (const [at, other] of others.entries()) {
    deepStrictEqual(other, first, `${subjects[at + 1].name} answers ${address} unlike ${subjects[0].name}`);
  }
}

export const list = {
  name: 'list of 50',
  kept: true,
  async prepare({ subjects }) {
    const paths = await pageAddresses(subjects[0]);
    await compare(subjects, '/api/v1/memories?limit=50');
    await compare(subjects, paths.at(-1));
    return { paths };
  },
  /** What the server asks PostgreSQL for such a page. */
  async statements(subject, { token, paths }) {
    const { createHash } = await import('node:crypto');
    const { items } = await ask(subject, paths[0]);
    const ids = JSON.stringify(items.map((item) => item.id));
    const me = await ask(subject, '/api/v1/auth/me');
    const spaces = (await ask(subject, '/api/v1/spaces')).items.map((space) => space.id);
    const [sortKey, id] = Buffer.from(new URL(paths[0], subject.url).searchParams.get('cursor'), 'base64url')
      .toString()
      .split('/');
    const scopes = spaces.flatMap((space) => [space, `${space}:${me.id}`]);
    return [
      { query: 'accounts/find_access_token', values: [createHash('sha256').update(token).digest('hex')] },
      { command: 'BEGIN READ ONLY' },
      { query: 'spaces/space_accesses_of_user', values: [me.id] },
      ...scopes.map((scope) => ({ query: 'memories/list_index', values: [scope, '', sortKey, id, 51] })),
      { query: 'memories/find_memories', values: [ids, me.id] },
      { command: 'COMMIT' },
    ];
  },
};

export const bucket = {
  name: 'month as columns',
  kept: true,
  async prepare({ subjects }) {
    const { buckets } = await ask(subjects[0], '/api/v1/timeline/buckets');
    await compare(subjects, '/api/v1/timeline/buckets');
    const months = buckets.filter((entry) => entry.bucket !== 'undated');
    // The middle ones of a library: neither its full last years nor its first months.
    const middle = [...months].sort((a, b) => a.count - b.count).slice(months.length / 2, months.length / 2 + 20);
    const paths = middle.map((entry) => `/api/v1/timeline/buckets/${entry.bucket}`);
    await compare(subjects, paths[0]);
    const rows = middle.reduce((sum, entry) => sum + entry.count, 0) / middle.length;
    return { paths, note: `${rows.toFixed(0)} memories a month` };
  },
};

export const counts = {
  name: 'month counts',
  kept: true,
  prepare: async () => ({ paths: ['/api/v1/timeline/buckets'] }),
};

export const memory = {
  name: 'single memory',
  async prepare({ subjects }) {
    const { items } = await ask(subjects[0], '/api/v1/memories?limit=200');
    const paths = items.map((item) => `/api/v1/memories/${item.id}`);
    await compare(subjects, paths[0]);
    return { paths };
  },
};

export const preview = {
  name: 'preview of 256 px',
  /** Each has its own copy of a picture, under its own id. */
  async prepareEach(subject) {
    const [picture] = await pictures(1);
    const id = await upload(subject, await readFile(picture), 'bench.jpg');
    await allPreviews(subject, [id], 256);
    await allPreviews(subject, [id], 2048);
    return { paths: [`/api/v1/media/${id}/preview?size=256`] };
  },
};

export const login = {
  name: 'login (argon2id)',
  seconds: 5, // each takes long on busy cores
  prepare: async ({ account }) => ({
    paths: ['/api/v1/auth/login'],
    method: 'POST',
    body: account,
    connections: 4,
    anonymous: true,
  }),
};
