// A folder of 12-megapixel pictures: until each shows its small preview, and until all three sizes are there. Beside
// the peer, and beside vipsthumbnail on the same files.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pictures } from '../lib/library.mjs';
import { costs } from '../lib/load.mjs';
import { memoryMb, run } from '../lib/process.mjs';
import { allPreviews, upload } from '../lib/subjects.mjs';

export const PICTURES_A_ROUND = 8;
const UPLOADS_AT_ONCE = 4;

/** Each round has files of its own, since a file that is known already is not decoded again. */
async function filesOf(round) {
  const all = await pictures((round + 1) * PICTURES_A_ROUND);
  return all.slice(round * PICTURES_A_ROUND);
}

/** Sends the files, a few at a time. */
async function send(subject, files) {
  const ids = [];
  const waiting = [...files.entries()];
  await Promise.all(
    Array.from({ length: UPLOADS_AT_ONCE }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        ids[next[0]] = await upload(subject, await readFile(next[1]), `picture-${next[0]}.jpg`);
      }
    }),
  );
  return ids;
}

export async function importRound(subject, round) {
  const files = await filesOf(round);
  const before = await costs(subject);
  const began = performance.now();
  const ids = await send(subject, files);
  const sent = performance.now();
  await allPreviews(subject, ids, 256);
  const shown = performance.now();
  for (const size of [1080, 2048]) await allPreviews(subject, ids, size);
  const done = performance.now();
  const after = await costs(subject);
  return {
    sent: (1000 * files.length) / (sent - began),
    shown: (1000 * files.length) / (shown - began),
    done: (1000 * files.length) / (done - began),
    cpu: (after.server + after.database - before.server - before.database) / files.length,
    memory: await memoryMb(subject.pid),
  };
}

/** vipsthumbnail, one size after the other as its users call it, two at once; photos a second. */
export async function vipsthumbnailRound(round, folder) {
  const files = await filesOf(round);
  const began = performance.now();
  for (const size of [256, 1080, 2048]) {
    const half = files.length / 2;
    await Promise.all(
      [files.slice(0, half), files.slice(half)].map((some) =>
        run(
          'vipsthumbnail',
          ['--size', String(size), '-o', path.join(folder, `%s-${size}.webp[Q=80,effort=1]`), ...some],
          {
            env: { VIPS_CONCURRENCY: '1' },
          },
        ),
      ),
    );
  }
  return (1000 * files.length) / (performance.now() - began);
}

/** Mean time of a job of the server in ms, from its metrics. */
export async function jobMs(subject, kind) {
  const text = await (await fetch(`${subject.url}/metrics`)).text();
  const read = (what) =>
    Number(new RegExp(`^memoryverse_job_seconds_${what}\\{kind="${kind}"\\} (\\S+)`, 'm').exec(text)?.[1]);
  return (1000 * read('sum')) / read('count');
}
