// Programs that are measured: started, waited for, looked at by /proc, and ended by their id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

const TICK_MS = 10; // what /proc counts processor time in on Linux
const started = new Set();

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A program that runs until it is stopped. `ready` matches the line that says it serves; its match is `said`. */
export async function start(name, command, args, { ready, env = {}, folder, end = 'SIGTERM' }) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const program = { name, pid: child.pid, child, end, said: null };
  started.add(program);
  child.stderr.pipe(createWriteStream(path.join(folder, `${name}.log`)));
  let text = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (piece) => {
      text += piece;
      program.said ??= ready.exec(text);
      if (program.said) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}; see ${folder}/${name}.log`)));
  });
  return program;
}

export async function stop(program) {
  if (!started.delete(program) || program.child.exitCode !== null) return;
  const gone = once(program.child, 'exit');
  program.child.kill(program.end);
  await gone;
}

export async function stopAll() {
  for (const program of [...started].reverse()) await stop(program);
}

/** Runs to the end and gives what was printed. `input` goes to its standard input. */
export async function run(command, args, { env = {}, input, cwd } = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '';
  let problem = '';
  child.stdout.on('data', (piece) => (out += piece));
  child.stderr.on('data', (piece) => (problem += piece));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ').slice(0, 200)} ended with ${code}: ${problem.slice(-2000)}`);
  return out;
}

async function stat(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in parentheses, may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { ms: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks || 0), 0) * TICK_MS };
}

/** The process and all below it. */
async function tree(pid) {
  // Each thread has the children that it started.
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''));
  const text = (await Promise.all(lists)).join(' ');
  const below = await Promise.all(text.split(' ').filter(Boolean).map(Number).map(tree));
  return [pid, ...below.flat()];
}

/** Processor time of a process, all below it, and what below it has ended, in ms. */
export async function cpuMs(pid) {
  const stats = await Promise.all((await tree(pid)).map(stat));
  return stats.reduce((sum, one) => sum + one.ms, 0);
}

/** Resident memory of a process and all below it in MB; the files that they share, their programs, count once. */
export async function memoryMb(pid) {
  let own = 0;
  let files = 0;
  for (const one of await tree(pid)) {
    const text = await readFile(`/proc/${one}/smaps_rollup`, 'utf8').catch(() => '');
    const read = (what) => Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    own += read('Anonymous');
    files = Math.max(files, read('Rss') - read('Anonymous'));
  }
  return (own + files) / 1024;
}

/** Resident memory of one process in MB, as `ps` shows it. */
export async function residentMb(pid) {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)[1]) / 1024;
}
