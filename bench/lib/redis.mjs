// A Redis of its own on a free port, which keeps nothing.
import { freePort, start } from './process.mjs';

export async function startRedis(folder) {
  const port = await freePort();
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
  const { pid } = await start('redis', 'redis-server', args, { ready: /Ready to accept connections/, folder });
  return { url: `redis://127.0.0.1:${port}`, pid };
}
