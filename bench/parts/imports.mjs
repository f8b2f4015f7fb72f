// A folder of pictures, made ones of 12 megapixels or somebody's own: until each shows its small preview, and until all
// three sizes are there. Beside the peer, and beside vipsthumbnail on the same files.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pictures } from '../lib/library.mjs';
import { costs } from '../lib/load.mjs';
import { memoryMb, run } from '../lib/process.mjs';
import { allPreviews, upload } from '../lib/subjects.mjs';

const PICTURES_A_ROUND = 8;
const UPLOADS_AT_ONCE = 4;

/** The JPEGs below `folder`, or, without one, pictures that each round has made for itself. */
export async function filesOf(round, folder) {
  if (folder) {
    const files = await readdir(folder, { recursive: true });
    return files.filter((file) => /\.jpe?g$/i.test(file)).map((file) => path.join(folder, file));
  }
  const all = await pictures((round + 1) * PICTURES_A_ROUND);
  return all.slice(round * PICTURES_A_ROUND);
}

/** Sends the files, a few at a time. One that is known already would not be decoded again: a tail makes it new. */
async function send(subject, files, round) {
  const ids = [];
  const waiting = [...files.entries()];
  await Promise.all(
    Array.from({ length: UPLOADS_AT_ONCE }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const tail = Buffer.from(`round ${round}, number ${next[0]}`);
        ids[next[0]] = await upload(subject, Buffer.concat([await readFile(next[1]), tail]), `${next[0]}.jpg`);
      }
    }),
  );
  return ids;
}

export async function importRound(subject, round, files) {
  const before = await costs(subject);
  const began = performance.now();
  const ids = await send(subject, files, round);
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
export async function vipsthumbnailRound(files, folder) {
  const began = performance.now();
  for (const size of [256, 1080, 2048]) {
    const half = Math.ceil(files.length / 2);
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
