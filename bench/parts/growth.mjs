// The same requests on libraries of 10,000, 100,000 and 1,000,000 memories, one after the other so that nothing waits:
// what grows with the library shows in their times.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { dataFolder, library } from '../lib/library.mjs';
import { load } from '../lib/load.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { ask, signIn, startServer } from '../lib/subjects.mjs';
import { join, number, table } from '../lib/table.mjs';

const SIZES = [10_000, 100_000, 1_000_000];
const PLACES = 40; // pages and months from all over a library
const FEW = 10; // as many as a month and a tag of the smallest library hold

/** Months spread over the years, and a place in the list from each. */
async function requestsOf(subject) {
  const { buckets } = await ask(subject, '/api/v1/timeline/buckets');
  const months = buckets.filter(({ bucket, count }) => bucket !== 'undated' && count >= FEW);
  const chosen = Array.from({ length: PLACES }, (_, at) => months[Math.floor((at * months.length) / PLACES)]);
  const cursors = [];
  for (const { bucket } of chosen) {
    const { takenAt, id } = await ask(subject, `/api/v1/timeline/buckets/${bucket}?limit=1`);
    cursors.push(Buffer.from(`${takenAt[0]}/${id[0]}`).toString('base64url'));
  }
  const collection = (await ask(subject, '/api/v1/collections')).items[0];
  const pages = [];
  let next = '';
  for (let page = 0; page < PLACES; page += 1) {
    const address = `/api/v1/collections/${collection.id}/memories?limit=50${next}`;
    pages.push(address);
    const { nextCursor } = await ask(subject, address);
    if (!nextCursor) break;
    next = `&cursor=${nextCursor}`;
  }
  return {
    'list of 50': cursors.map((cursor) => `/api/v1/memories?limit=50&cursor=${cursor}`),
    [`tag, ${FEW} of them`]: cursors.map(
      (cursor, at) => `/api/v1/memories?limit=${FEW}&tag=tag${4 * (at % 9)}&cursor=${cursor}`,
    ),
    [`month, first ${FEW}`]: chosen.map(({ bucket }) => `/api/v1/timeline/buckets/${bucket}?limit=${FEW}`),
    'month counts': ['/api/v1/timeline/buckets'],
    'collection, page of 50': pages,
    collections: ['/api/v1/collections'],
  };
}

async function start(count, folder, postgres) {
  const roles = 'api,realtime';
  const name = `growth ${count}`;
  if (!postgres) {
    const { data, account } = await dataFolder(folder, `growth-${count}`, count);
    return { subject: await startServer(name, { data, folder: data, anew: true, roles }), account };
  }
  const { file, account } = await library(count);
  const data = path.join(folder, `growth-${count}`);
  await mkdir(data);
  await postgres.fill(`growth_${count}`, file, data);
  const databaseUrl = postgres.url(`growth_${count}`);
  return { subject: await startServer(name, { data, folder: data, databaseUrl, anew: true, roles }), account };
}

export async function growth({ folder, seconds, rounds, engine }) {
  const postgres = engine === 'postgres' && (await Postgres.start(folder));
  const subjects = [];
  for (const count of SIZES) {
    const { subject, account } = await start(count, folder, postgres);
    if (postgres) subject.databaseMs = () => postgres.cpuMs();
    subject.token = await signIn(subject, account);
    subject.requests = await requestsOf(subject);
    subjects.push(subject);
  }
  const rows = [];
  for (const name of Object.keys(subjects[0].requests)) {
    const figures = subjects.map(() => []);
    const measure = (subject, time) =>
      load(subject, { name, paths: subject.requests[name], connections: 1 }, time, folder);
    for (const subject of subjects) await measure(subject, 1);
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, subject] of subjects.entries()) figures[at].push(await measure(subject, seconds));
    }
    const joined = figures.map(join);
    const row = (title, what, of, digits) =>
      rows.push([
        title,
        what,
        ...joined.map((one) => number(of(one), digits)),
        `${number(of(joined.at(-1)) / of(joined[0]), 2)}×`,
      ]);
    row(name, 'p50, ms', (one) => one.p50, 2);
    row('', 'CPU, ms', (one) => one.serverMs + one.databaseMs, 3);
  }
  console.log(`\nGrowth on ${postgres ? 'PostgreSQL' : 'SQLite'}, one request at a time`);
  console.log(table(['', '', ...SIZES.map((count) => count.toLocaleString('en')), 'last/first'], rows));
}
