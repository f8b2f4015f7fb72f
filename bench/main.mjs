// `bench/run [PART…] [--memories N] [--seconds N] [--rounds N] [--gigabytes N] [--engine sqlite|postgres] [--pictures FOLDER]`:
// measures the server beside a peer on Node and beside
// pgbench. Times of a shared machine mean little by themselves: all subjects take turns in each round, so that what
// disturbs one disturbs all, and the ratios and the processor time hold.
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { dataFolder, library, workFolder } from './lib/library.mjs';
import { load } from './lib/load.mjs';
import { pgbench } from './lib/pgbench.mjs';
import { Postgres } from './lib/postgres.mjs';
import { cpuMs, memoryMb, residentMb, stopAll } from './lib/process.mjs';
import { startRedis } from './lib/redis.mjs';
import { signIn, startPeer, startServer } from './lib/subjects.mjs';
import { join, median, number, table } from './lib/table.mjs';
import { events } from './parts/events.mjs';
import { filesOf, importRound, jobMs, vipsthumbnailRound } from './parts/imports.mjs';
import * as reads from './parts/reads.mjs';

const COMPARED = { ...reads, events };
const DEFAULT = ['idle', 'list', 'bucket', 'counts', 'memory', 'login', 'preview', 'events', 'import'];
const ALONE = {
  growth: async (options) => (await import('./parts/growth.mjs')).growth(options),
  transfer: ({ gigabytes }) => execFileSync('bench/upload-memory', [String(1024 * gigabytes)], { stdio: 'inherit' }),
  script: async () => (await import('./parts/script.mjs')).script(),
  scroll: async (options) => (await import('./parts/scroll.mjs')).scroll(options),
  lighthouse: async (options) => (await import('./parts/lighthouse.mjs')).lighthouse(options),
};

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    memories: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    gigabytes: { type: 'string', default: '5' },
    engine: { type: 'string', default: 'sqlite' },
    pictures: { type: 'string' },
  },
});
const options = {
  memories: Number(given.memories),
  seconds: Number(given.seconds),
  rounds: Number(given.rounds),
  gigabytes: Number(given.gigabytes),
};
const places = { engine: given.engine, pictures: given.pictures && path.resolve(given.pictures) };
const parts = positionals.length > 0 ? positionals : DEFAULT;
const known = [...DEFAULT, ...Object.keys(ALONE)];
const unknown = parts.find((part) => !known.includes(part));
if (
  unknown ||
  !['sqlite', 'postgres'].includes(places.engine) ||
  Object.values(options).some((value) => !Number.isInteger(value) || value < 1)
) {
  console.error(
    unknown
      ? `“${unknown}” is none of ${known.join(', ')}`
      : 'options take whole numbers from 1, the engine sqlite or postgres',
  );
  process.exit(2);
}

/** Everybody who is compared, with the rows of one library, signed in. */
async function startSubjects(folder) {
  const { file, account } = await library(options.memories);
  const postgres = await Postgres.start(folder);
  await postgres.fill('library', file, folder);
  const subjects = [];
  for (const anew of [false, true]) {
    const suffix = anew ? ', each reply anew' : '';
    const { data } = await dataFolder(folder, `sqlite${anew ? '-anew' : ''}`, options.memories);
    subjects.push(Object.assign(await startServer(`MemoryVerse, SQLite${suffix}`, { data, folder, anew }), { anew }));
    const database = anew ? 'ours_anew' : 'ours';
    await postgres.copy('library', database);
    const onPostgres = await startServer(`MemoryVerse, PostgreSQL${suffix}`, {
      data: path.join(folder, database),
      folder,
      anew,
      databaseUrl: postgres.url(database),
    });
    subjects.push(Object.assign(onPostgres, { anew, database, databaseMs: () => postgres.cpuMs() }));
  }
  const redis = await startRedis(folder);
  await postgres.copy('library', 'ours_redis');
  const onBoth = await startServer('MemoryVerse, PostgreSQL and Redis', {
    data: path.join(folder, 'ours_redis'),
    folder,
    databaseUrl: postgres.url('ours_redis'),
    redisUrl: redis.url,
  });
  subjects.push(Object.assign(onBoth, { databaseMs: async () => (await postgres.cpuMs()) + (await cpuMs(redis.pid)) }));
  for (const processes of [1, 2]) {
    const database = `peer${processes}`;
    await postgres.copy('library', database);
    const name = processes === 1 ? 'Node peer, 1 process' : `Node peer, ${processes} processes`;
    const peer = await startPeer(name, { processes, databaseUrl: postgres.url(database), folder });
    subjects.push(Object.assign(peer, { databaseMs: () => postgres.cpuMs() }));
  }
  for (const subject of subjects) subject.token = await signIn(subject, account);
  return { subjects, postgres, account, folder };
}

/** Rounds of one part over all subjects, in turns; a row of the table for each. */
async function comparePart(part, bench) {
  const { postgres, account, folder } = bench;
  // Where no reply is kept, whether any could be makes no difference.
  const subjects = bench.subjects.filter((subject) => part.kept || !subject.anew);
  for (const subject of subjects) subject.token = await signIn(subject, account);
  const shared = part.prepare ? await part.prepare({ ...bench, subjects }) : {};
  const takers = [];
  for (const subject of subjects) {
    const what = { name: part.name, ...shared, ...(part.prepareEach ? await part.prepareEach(subject, bench) : {}) };
    const seconds = Math.max(options.seconds, part.seconds ?? 0);
    const measure = part.measure ?? ((one, asked) => load(one, asked, seconds, folder));
    takers.push({ subject, rounds: [], measure: () => measure(subject, what) });
    if (!part.measure) await load(subject, what, 1, folder); // warms caches and compilers
  }
  const engine = subjects.find((subject) => subject.ours && subject.database);
  if (part.statements && engine) {
    const statements = await part.statements(engine, { token: engine.token, ...shared });
    const subject = { name: 'pgbench, our SQL' };
    takers.push({
      subject,
      rounds: [],
      measure: () => pgbench(postgres, engine.database, statements, options.seconds, folder),
    });
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const taker of takers) taker.rounds.push(await taker.measure());
  }
  const best = Math.max(
    ...takers.filter(({ subject }) => subject.ours === false).map(({ rounds }) => join(rounds).rate),
  );
  return takers.map(({ subject, rounds }) => {
    const one = join(rounds);
    return [
      part.name + (shared.note ? `, ${shared.note}` : ''),
      subject.name,
      number(one.rate),
      subject.ours ? `${number(one.rate / best, 1)}×` : '',
      number(one.p50),
      number(one.p99),
      number(one.serverMs, 3),
      number(one.serverMs + one.databaseMs, 3),
      number(one.memory, 0),
    ];
  });
}

/** Each part's rows come as soon as they are there. */
function printRows(rows) {
  const [[title]] = rows;
  const heads = [title, 'per second', '', 'p50, ms', 'p99, ms', 'CPU ms, server', 'with database', 'memory, MB'];
  console.log(
    `\n${table(
      heads,
      rows.map((row) => row.slice(1)),
    )}`,
  );
}

async function compareImports(bench) {
  const { account, folder } = bench;
  const subjects = bench.subjects.filter((subject) => !subject.anew);
  for (const subject of subjects) subject.token = await signIn(subject, account);
  const rounds = subjects.map(() => []);
  const vips = [];
  let files = [];
  for (let round = 0; round < options.rounds; round += 1) {
    // The first picture is the one of the previews.
    files = await filesOf(round + 1, places.pictures);
    for (const [at, subject] of subjects.entries()) rounds[at].push(await importRound(subject, round + 1, files));
    vips.push(await vipsthumbnailRound(files, folder));
  }
  const rows = [];
  for (const [at, subject] of subjects.entries()) {
    const each = (key) => median(rounds[at].map((round) => round[key]));
    const job = subject.ours ? number(await jobMs(subject, 'media.quick'), 0) : '';
    rows.push([
      subject.name,
      number(each('sent')),
      number(each('shown')),
      number(each('done')),
      number(each('cpu'), 0),
      job,
      number(each('memory'), 0),
    ]);
  }
  rows.push(['vipsthumbnail, a call a size', '', '', number(median(vips)), '', '', '']);
  const which = places.pictures ? `JPEGs of ${places.pictures}` : 'pictures of 12 megapixels';
  console.log(`\nImport of ${files.length} ${which} a round, photos/s`);
  console.log(
    table(['', 'received', 'first shown', 'all sizes', 'CPU ms/photo', 'first preview, ms', 'memory, MB'], rows),
  );
}

async function compareIdle({ subjects }) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const rows = [];
  for (const { name, pid } of subjects.filter(({ anew }) => !anew))
    rows.push([name, number(await residentMb(pid), 1), number(await memoryMb(pid), 1)]);
  console.log('\nResident memory when idle, MB');
  console.log(table(['', 'main process', 'all its processes'], rows));
}

async function machine() {
  const cpu = /model name\s*: (.*)/.exec(await readFile('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor';
  return `${os.cpus().length} cores (${cpu}), load average ${os.loadavg()[0].toFixed(1)} before the start`;
}

async function measure() {
  const began = Date.now();
  console.log(
    `${await machine()}\n${options.memories} memories, ${options.rounds} rounds of ${options.seconds} s in turns; × is against the better of the two peers`,
  );
  const work = await workFolder();
  try {
    for (const part of parts) if (ALONE[part]) await ALONE[part]({ ...options, ...places, folder: work.folder });
    const compared = parts.filter((part) => !ALONE[part]);
    if (compared.length === 0) return;
    const bench = await startSubjects(work.folder);
    if (compared.includes('idle')) await compareIdle(bench);
    for (const part of compared) {
      if (COMPARED[part]) printRows(await comparePart(COMPARED[part], bench));
    }
    if (compared.includes('import')) await compareImports(bench);
    console.log(
      `\ntook ${((Date.now() - began) / 1000).toFixed(0)} s, load average ${os.loadavg()[0].toFixed(1)} at the end`,
    );
  } finally {
    await stopAll();
    await work.remove();
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => stopAll().finally(() => process.exit(130)));
}
await measure();
