// A peer of the server for measurements: the same addresses, rows and replies on Node, Express and PostgreSQL, written
// as one would write it for production. Settings: PEER_DATABASE_URL, PEER_FILES, PEER_PROCESSES, PEER_POOL.
import cluster from 'node:cluster';
import http from 'node:http';
import express from 'express';
import { login, requireUser } from './accounts.mjs';
import { pool } from './database.mjs';
import { attachEvents } from './events.mjs';
import * as media from './media.mjs';
import * as memories from './memories.mjs';

const processes = Number(process.env.PEER_PROCESSES ?? 1);

async function serve() {
  await media.prepareFolders();
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false); // replies that have a version say it themselves
  app.set('query parser', 'simple');
  const json = express.json({ limit: '1mb' });

  app.get('/health/live', (_request, response) => response.json({ status: 'live' }));
  app.post('/api/v1/auth/login', json, login);
  app.get('/api/v1/memories', requireUser, memories.list);
  app.post('/api/v1/memories', requireUser, json, memories.create);
  app.get('/api/v1/memories/:id', requireUser, memories.read);
  app.get('/api/v1/timeline/buckets', requireUser, memories.bucketCounts);
  app.get('/api/v1/timeline/buckets/:bucket', requireUser, memories.bucket);
  app.post('/api/v1/media', requireUser, media.upload);
  app.get('/api/v1/media/:id/preview', requireUser, media.preview);
  app.use((_request, _response, next) => next(Object.assign(new Error(), { status: 404, key: 'request.not-found' })));
  // Express knows an error handler by its four parameters.
  app.use((error, _request, response, _next) => {
    const status = error.status ?? 500;
    if (status >= 500) console.error(error);
    response
      .status(status)
      .type('application/problem+json')
      .json({ type: error.key ?? 'internal', status });
  });

  const server = http.createServer(app);
  await attachEvents(server);
  server.listen(0, '127.0.0.1', () => {
    if (cluster.isWorker) process.send({ port: server.address().port });
    else tellReady(server.address().port);
  });
  process.on('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    pool.end().finally(() => process.exit(0));
  });
}

function tellReady(port) {
  console.log(`peer is ready at http://127.0.0.1:${port}`);
}

if (processes > 1 && cluster.isPrimary) {
  let listening = 0;
  cluster.on('message', (_worker, { port }) => {
    listening += 1;
    if (listening === processes) tellReady(port); // workers share the port
  });
  for (let made = 0; made < processes; made += 1) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
  });
  cluster.on('exit', () => {
    if (Object.keys(cluster.workers).length === 0) process.exit(0);
  });
} else {
  await serve();
}
