// Fan-out: a family's sockets all hear of each memory that one of them saves.
import { createRequire } from 'node:module';
import path from 'node:path';
import { costs } from '../lib/load.mjs';
import { ROOT } from '../lib/library.mjs';
import { memoryMb } from '../lib/process.mjs';
import { ask, signIn } from '../lib/subjects.mjs';

const { WebSocket } = createRequire(path.join(ROOT, 'bench/peer/server.mjs'))('ws');
const LISTENERS = 10;
const SOCKETS_EACH = 20;
const WRITES = 40;
const LONGEST_MS = 60_000;

export const events = {
  name: `events to ${LISTENERS * SOCKETS_EACH} sockets`,
  async prepare({ subjects }) {
    const { items } = await ask(subjects[0], '/api/v1/spaces');
    return { spaceId: items.find((space) => space.kind === 'family').id };
  },
  async prepareEach(subject, { account }) {
    const tokens = [];
    for (let number = 1; number <= LISTENERS; number += 1) {
      tokens.push(await signIn(subject, { ...account, email: `listener${number}@example.org` }));
    }
    return { tokens };
  },
  /** One round: all sockets open, a burst of writes, until each has heard of each. */
  async measure(subject, { tokens, spaceId }) {
    const heard = [];
    const sent = new Map();
    let all;
    const opened = tokens.flatMap((token) =>
      Array.from({ length: SOCKETS_EACH }, () => {
        const socket = new WebSocket(`${subject.events}/api/v1/events`, {
          headers: { Authorization: `Bearer ${token}` },
          perMessageDeflate: false,
        });
        socket.on('message', (data) => {
          const event = JSON.parse(data);
          if (event.type !== 'memory.created') return;
          heard.push({ id: event.data.id, at: performance.now() });
          if (heard.length === WRITES * LISTENERS * SOCKETS_EACH) all();
        });
        return new Promise((resolve, reject) => {
          socket.on('error', reject);
          // The first message says that the socket hears from now on.
          socket.once('message', () => resolve(socket));
        });
      }),
    );
    const sockets = await Promise.all(opened);
    const complete = new Promise((resolve, reject) => {
      all = resolve;
      AbortSignal.timeout(LONGEST_MS).addEventListener('abort', () =>
        reject(new Error(`${subject.name}: events are lost`)),
      );
    });
    const before = await costs(subject);
    const began = performance.now();
    for (let number = 0; number < WRITES; number += 1) {
      const at = performance.now();
      const body = JSON.stringify({ type: 'story', title: `Story ${number}`, spaceId });
      const headers = { 'Content-Type': 'application/json' };
      const { id } = await ask(subject, '/api/v1/memories', { method: 'POST', headers, body });
      sent.set(id, at);
    }
    await complete;
    const seconds = (performance.now() - began) / 1000;
    const after = await costs(subject);
    const memory = await memoryMb(subject.pid);
    for (const socket of sockets) socket.close();
    const times = heard.map(({ id, at }) => at - sent.get(id)).sort((a, b) => a - b);
    return {
      requests: heard.length,
      rate: heard.length / seconds,
      p50: times[Math.floor(times.length * 0.5)],
      p99: times[Math.floor(times.length * 0.99)],
      serverMs: after.server - before.server,
      databaseMs: after.database - before.database,
      memory,
    };
  },
};
