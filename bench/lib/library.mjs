// Generated libraries. One is made once and copied for each run, since a million memories take minutes.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile, constants } from 'node:fs/promises';
import path from 'node:path';
import { run } from './process.mjs';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const BUILD = path.join(ROOT, 'build/release');
const KEPT = path.join(ROOT, 'build/bench');

/** A library of `count` memories: where its SQLite file lies, and how to sign in. Kept until the seed changes. */
export async function library(count) {
  const seed = path.join(BUILD, 'bench/memoryverse-seed');
  const key = createHash('sha256')
    .update(await readFile(seed))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(KEPT, `library-${count}-${key}`);
  if (!existsSync(folder)) {
    await mkdir(KEPT, { recursive: true });
    const unfinished = await mkdtemp(`${folder}.`); // a process id is not unique: each userland counts its own
    const began = Date.now();
    const file = path.join(unfinished, 'memoryverse.sqlite');
    const said = await run(seed, [file, String(count)]);
    await run('sqlite3', [file, 'PRAGMA wal_checkpoint(TRUNCATE);']);
    const [email, ...password] = said.trim().split(' ');
    await writeFile(path.join(unfinished, 'account.json'), JSON.stringify({ email, password: password.join(' ') }));
    await rename(unfinished, folder);
    console.error(`made a library of ${count} memories in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
  return {
    file: path.join(folder, 'memoryverse.sqlite'),
    account: JSON.parse(await readFile(path.join(folder, 'account.json'), 'utf8')),
  };
}

/** A data folder with a copy of the library. */
export async function dataFolder(folder, name, count) {
  const data = path.join(folder, name);
  await mkdir(data, { recursive: true });
  const { file, account } = await library(count);
  await copyFile(file, path.join(data, 'memoryverse.sqlite'), constants.COPYFILE_FICLONE);
  return { data, account };
}

/** A folder on the disk that the checkout lies on, so that synced writes cost what they cost. Gone with `remove`. */
export async function workFolder() {
  await mkdir(KEPT, { recursive: true });
  const folder = await mkdtemp(path.join(KEPT, 'run-'));
  await chmod(folder, 0o755); // PostgreSQL runs as somebody else
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Pictures of 12 megapixels with noise in them, so that they are as hard to decode as real ones; kept too. */
export async function pictures(count) {
  const folder = path.join(KEPT, 'pictures');
  await mkdir(folder, { recursive: true });
  const made = [];
  for (let number = 0; number < count; number += 1) {
    const picture = path.join(folder, `${number}.jpg`);
    made.push(picture);
    if (existsSync(picture)) continue;
    const part = (name) => path.join(folder, `${name}.v`);
    await run('vips', [
      'gaussnoise',
      part('n'),
      '4000',
      '3000',
      '--mean',
      '128',
      '--sigma',
      '24',
      '--seed',
      `${number}`,
    ]);
    await run('vips', ['gaussblur', part('n'), part('b'), '2']);
    await run('vips', ['bandjoin', `${part('b')} ${part('n')} ${part('b')}`, part('c')]);
    await run('vips', ['cast', part('c'), `${picture}.part.jpg[Q=85]`, 'uchar']);
    await rename(`${picture}.part.jpg`, picture);
    for (const name of ['n', 'b', 'c']) await rm(part(name));
  }
  return made;
}
