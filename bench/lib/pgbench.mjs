// pgbench with the very statements that the server runs for a request: what the engine alone can do.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './process.mjs';
import { ROOT } from './library.mjs';

/** The text of a query for PostgreSQL, `core/FEATURE/sql/NAME`. */
async function queryText(name) {
  for (const ending of ['.postgres.sql', '.sql']) {
    const text = await readFile(
      path.join(ROOT, 'core', path.dirname(name), 'sql', path.basename(name) + ending),
      'utf8',
    ).catch(() => null);
    if (text) return text.trim();
  }
  throw new Error(`no query ${name}`);
}

/** `statements`: names of queries with their parameters in order, or plain commands. */
export async function pgbench(postgres, database, statements, seconds, folder, connections = 8) {
  const variables = [];
  let script = '';
  for (const [at, { query, values, command }] of statements.entries()) {
    if (command) {
      script += `${command};\n`;
      continue;
    }
    const text = await queryText(query);
    // pgbench knows no empty variable.
    const placed = (_whole, number) => (values[number - 1] === '' ? "''" : `:v${at}_${number}`);
    script += text.replaceAll(/[?$](\d+)/g, placed) + ';\n';
    values.forEach((value, index) => {
      if (value !== '') variables.push('-D', `v${at}_${index + 1}=${value}`);
    });
  }
  const file = path.join(folder, 'pgbench.sql');
  await writeFile(file, script);
  const before = await postgres.cpuMs();
  const out = await run('pgbench', [
    ...['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds), '-f', file, ...variables],
    ...['-l', '--log-prefix', path.join(folder, 'pgbench'), postgres.url(database)],
  ]);
  const spent = (await postgres.cpuMs()) - before;
  const times = [];
  for (const log of await readdir(folder)) {
    if (!/^pgbench\.\d/.test(log)) continue;
    const text = await readFile(path.join(folder, log), 'utf8');
    for (const line of text.split('\n')) if (line) times.push(Number(line.split(' ')[2]) / 1000);
    await rm(path.join(folder, log));
  }
  times.sort((a, b) => a - b);
  return {
    requests: times.length,
    rate: Number(/tps = ([\d.]+)/.exec(out)[1]),
    p50: times[Math.floor(times.length * 0.5)],
    p99: times[Math.floor(times.length * 0.99)],
    serverMs: 0,
    databaseMs: spent,
    memory: undefined,
  };
}
