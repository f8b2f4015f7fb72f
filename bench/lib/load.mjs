// Load on one subject for a few seconds, and what it took: rates, times, processor time, memory.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cpuMs, memoryMb, run } from './process.mjs';

const SCRIPT = path.join(import.meta.dirname, 'requests.lua');

/** Requests of `what` to `subject`: `{paths, method, body, connections}`. Times in ms. */
export async function load(subject, what, seconds, folder) {
  const file = path.join(folder, 'paths');
  await writeFile(file, what.paths.join('\n') + '\n');
  const header = what.anonymous ? [] : ['-H', `Authorization: Bearer ${subject.token}`];
  const extra = what.method ? [what.method, ...(what.body ? [JSON.stringify(what.body)] : [])] : [];
  const before = await costs(subject);
  const out = await run('wrk', [
    ...['-t1', `-c${what.connections ?? 8}`, `-d${seconds}s`, '--timeout', '20s', ...header],
    ...['-s', SCRIPT, subject.url, '--', file, ...extra],
  ]);
  const figures = JSON.parse(/FIGURES (.*)/.exec(out)[1]);
  if (figures.failed > 0) throw new Error(`${subject.name}: ${figures.failed} requests of ${what.name} failed`);
  const after = await costs(subject);
  return {
    requests: figures.requests,
    rate: figures.requests / (figures.us / 1e6),
    p50: figures.p50 / 1000,
    p99: figures.p99 / 1000,
    bytes: figures.bytes / figures.requests,
    serverMs: after.server - before.server,
    databaseMs: after.database - before.database,
    memory: await memoryMb(subject.pid),
  };
}

/** Processor time so far, of the server and of the database that it alone asks. */
export async function costs(subject) {
  return {
    server: subject.pid ? await cpuMs(subject.pid) : 0,
    database: subject.databaseMs ? await subject.databaseMs() : 0,
  };
}
