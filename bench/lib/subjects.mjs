// Who is compared: the server on its engines, and the peer with one process and with two. Each has its own database.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { BUILD, ROOT } from './library.mjs';
import { start } from './process.mjs';

const MANY = '1000000';
const LONGEST_MS = 120_000; // no answer within it is a fault, and no figure

/** The server on what the addresses name, or on the SQLite file in its data folder; `anew`: it keeps no reply. */
export async function startServer(
  name,
  { data, folder, databaseUrl, redisUrl, anew, roles = 'web,api,realtime,worker' },
) {
  const dist = path.join(ROOT, 'frontend/dist');
  const wanted = existsSync(path.join(dist, 'index.html')) ? roles : roles.replace('web,', '');
  const program = await start(
    name.replaceAll(/[^a-z]+/gi, '-'),
    path.join(BUILD, 'backend/memoryverse-server'),
    [
      '--roles',
      wanted,
      '--web-root',
      dist,
      '--data',
      data,
      '--web-port',
      '0',
      '--api-port',
      '0',
      '--realtime-port',
      '0',
    ],
    {
      ready: /MemoryVerse is ready.*\n/,
      folder,
      env: {
        // One address signs in as often as it can here, which nobody may do elsewhere.
        MEMORYVERSE_LIMITS_LOGIN_PER_MINUTE: MANY,
        MEMORYVERSE_LIMITS_LOGIN_ADDRESS_PER_MINUTE: MANY,
        ...(databaseUrl ? { MEMORYVERSE_DATABASE_URL: databaseUrl } : {}),
        ...(redisUrl ? { MEMORYVERSE_REDIS_URL: redisUrl } : {}),
        ...(anew ? { MEMORYVERSE_CACHE_MEGABYTES: '0' } : {}),
      },
    },
  );
  const [line] = program.said;
  const address = (scheme) => line.match(new RegExp(`(?:API|events) (${scheme}://[\\w.:]+)`))?.[1];
  return {
    name,
    ours: true,
    program,
    pid: program.pid,
    web: line.match(/at (http:\S+?),/)?.[1],
    url: address('http'),
    events: address('ws'),
  };
}

export async function startPeer(name, { processes, databaseUrl, folder }) {
  const files = path.join(folder, `peer-files-${processes}`);
  await mkdir(files);
  const program = await start(`peer-${processes}`, 'node', [path.join(ROOT, 'bench/peer/server.mjs')], {
    ready: /peer is ready at (http:\S+)/,
    folder,
    env: {
      NODE_ENV: 'production',
      PEER_DATABASE_URL: databaseUrl,
      PEER_FILES: files,
      PEER_PROCESSES: String(processes),
      PEER_POOL: String(Math.ceil(10 / processes)),
      PEER_DECODES: String(Math.ceil(2 / processes)),
    },
  });
  const url = program.said[1];
  return { name, ours: false, program, pid: program.pid, url, events: url.replace('http', 'ws') };
}

export async function signIn(subject, { email, password }) {
  const response = await fetch(`${subject.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`${subject.name}: login answered ${response.status} ${await response.text()}`);
  return (await response.json()).accessToken;
}

/** A reply as JSON; a refusal throws. */
export async function ask(subject, address, options = {}) {
  const response = await fetch(subject.url + address, {
    ...options,
    signal: AbortSignal.timeout(LONGEST_MS),
    headers: { Authorization: `Bearer ${subject.token}`, ...options.headers },
  });
  if (!response.ok) throw new Error(`${subject.name}: ${address} answered ${response.status} ${await response.text()}`);
  return response.json();
}

/** Sends a picture; the medium's id. */
export async function upload(subject, bytes, name) {
  const form = new FormData();
  form.set('file', new Blob([bytes], { type: 'image/jpeg' }), name);
  return (await ask(subject, '/api/v1/media', { method: 'POST', body: form })).media.id;
}

/** Whether the preview of that size is there. */
export async function hasPreview(subject, id, size) {
  const response = await fetch(`${subject.url}/api/v1/media/${id}/preview?size=${size}`, {
    headers: { Authorization: `Bearer ${subject.token}` },
  });
  await response.arrayBuffer();
  return response.ok;
}

/** Waits until all of `ids` have the preview, asking for one at a time. */
export async function allPreviews(subject, ids, size) {
  const until = performance.now() + LONGEST_MS;
  for (const id of ids) {
    while (!(await hasPreview(subject, id, size))) {
      if (performance.now() > until) throw new Error(`${subject.name}: no preview of ${size} px comes`);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
}
