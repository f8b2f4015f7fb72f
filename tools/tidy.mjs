// Runs clang-tidy on the C++ sources of ours that changed since they were last found clean.
//
//   node tools/tidy.mjs BUILD_FOLDER CACHE_FOLDER JOBS
//
// A source is known by a hash of clang-tidy's version, .clang-tidy, its compile command, its own bytes and those of every
// header of ours that it reaches. Headers of Debian's packages change only with the userland, whose clang-tidy version
// stands for them. A clean source leaves an empty file of that name in the cache.

import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const [buildFolder, cacheFolder, jobs] = process.argv.slice(2);
const root = process.cwd();
const generated = resolve(buildFolder, 'generated');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const included = new Map();

/** The headers of ours that a file includes directly, as absolute paths. */
function includesOf(file) {
  let found = included.get(file);
  if (!found) {
    found = [...readFileSync(file, 'utf8').matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)]
      .flatMap(([, name]) => [join(root, name), join(generated, name), resolve(file, '..', name)])
      .filter((path) => existsSync(path));
    included.set(file, found);
  }
  return found;
}

/** A file and all headers of ours that it reaches. */
function reach(file, seen = new Set()) {
  if (!seen.has(file)) {
    seen.add(file);
    for (const header of includesOf(file)) reach(header, seen);
  }
  return seen;
}

const common = sha256(
  execFileSync('clang-tidy', ['--version'], { encoding: 'utf8' }) + readFileSync(join(root, '.clang-tidy'), 'utf8'),
);

function keyOf(entry) {
  const files = [...reach(entry.file)].sort().map((file) => `${relative(root, file)} ${sha256(readFileSync(file))}`);
  const command = (entry.command ?? entry.arguments.join(' ')).replaceAll(root, '');
  return sha256([common, command, ...files].join('\n'));
}

/** Runs clang-tidy on one source; gives what it found, or nothing when it is clean. */
function check(file) {
  return new Promise((done) => {
    // clang's -Wconversion says more than GCC's, with which the sources are built; its warnings are not what we ask for.
    const options = ['-p', buildFolder, '--quiet', '--extra-arg=-w', file];
    const tidy = spawn('clang-tidy', options, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    tidy.stdout.on('data', (chunk) => (out += chunk));
    tidy.stderr.on('data', (chunk) => (errors += chunk));
    tidy.on('close', (code) => done(code === 0 ? '' : out || errors || `clang-tidy ended with code ${code}`));
  });
}

mkdirSync(cacheFolder, { recursive: true });
const database = JSON.parse(readFileSync(join(buildFolder, 'compile_commands.json'), 'utf8'));
const waiting = database
  .filter((entry) => !relative(root, entry.file).startsWith('..') && !entry.file.startsWith(resolve(buildFolder)))
  .map((entry) => ({ file: entry.file, stamp: join(cacheFolder, keyOf(entry)) }))
  .filter(({ stamp }) => {
    const clean = existsSync(stamp);
    if (clean) utimesSync(stamp, new Date(), new Date());
    return !clean;
  });

const total = waiting.length;
const started = Date.now();
const slow = [];
let failed = 0;
async function worker() {
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const began = Date.now();
    const found = await check(next.file);
    slow.push([Date.now() - began, relative(root, next.file)]);
    if (found) {
      failed += 1;
      console.log(found.trim());
    } else {
      writeFileSync(next.stamp, '');
    }
  }
}
await Promise.all(Array.from({ length: Number(jobs) }, worker));

if (total > 0) {
  const slowest = slow.sort((a, b) => b[0] - a[0]).slice(0, 3);
  const names = slowest.map(([ms, file]) => `${file} ${(ms / 1000).toFixed(0)} s`).join(', ');
  console.log(
    `clang-tidy: ${total} of ${database.length} sources in ${((Date.now() - started) / 1000).toFixed(0)} s; slowest: ${names}`,
  );
}

// What no source has asked for in a month is forgotten.
for (const name of readdirSync(cacheFolder)) {
  const stamp = join(cacheFolder, name);
  if (Date.now() - statSync(stamp).mtimeMs > 30 * 86_400_000) rmSync(stamp);
}
process.exitCode = failed > 0 ? 1 : 0;
