// Events: rows of the outbox, told to every process by NOTIFY, and by each to the sockets of those who may hear.
import pg from 'pg';
import { WebSocketServer } from 'ws';
import { authenticate, bearerOf } from './accounts.mjs';
import { rows } from './database.mjs';

const sockets = new Map(); // socket → who is behind it
let position = 0;
let reading = Promise.resolve();

/** Writes an event in the transaction of its cause. PostgreSQL holds the notification back until the commit. */
export async function announce(client, type, spaceId, at, data) {
  await rows(
    'insert_event',
    `WITH written AS (INSERT INTO events (type, space_id, at, data) VALUES ($1, $2, $3, $4) RETURNING seq)
     SELECT pg_notify('events', seq::text) FROM written`,
    [type, spaceId, at, JSON.stringify(data)],
    client,
  );
}

async function deliver() {
  const news = await rows(
    'events_after',
    'SELECT seq, type, space_id, user_id, at, data FROM events WHERE seq > $1 ORDER BY seq LIMIT 500',
    [position],
  );
  for (const event of news) {
    position = event.seq;
    const at = new Date(event.at).toISOString();
    const text = `{"seq":${event.seq},"type":"${event.type}","at":"${at}","data":${event.data}}`;
    for (const [socket, user] of sockets) {
      if (event.user_id && event.user_id !== user.userId) continue;
      if (user.roles[event.space_id]) socket.send(text);
    }
  }
}

async function listen() {
  const listener = new pg.Client({ connectionString: process.env.PEER_DATABASE_URL });
  await listener.connect();
  [{ position }] = await rows('latest_event', 'SELECT coalesce(max(seq), 0) AS position FROM events', []);
  listener.on('notification', () => {
    reading = reading.then(deliver).catch((error) => console.error(error));
  });
  await listener.query('LISTEN events');
}

/** Takes WebSocket handshakes of `server` at /api/v1/events. */
export async function attachEvents(server) {
  await listen();
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', async (request, socket, head) => {
    let user;
    try {
      if (!request.url.startsWith('/api/v1/events')) throw new Error('no socket here');
      user = await authenticate(bearerOf(request));
    } catch {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (opened) => {
      sockets.set(opened, user);
      opened.on('close', () => sockets.delete(opened));
      opened.send(`{"seq":${position},"type":"hello","at":"${new Date().toISOString()}","data":{}}`);
    });
  });
}
