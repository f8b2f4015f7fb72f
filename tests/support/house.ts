// A server of our own on free ports, with its data in a temporary folder that outlives a restart.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docsRoot, serverProgram, webRoot } from './paths';

const START_MS = 60_000;

export class House {
  /** Origin of the web client, which serves the API as well. */
  url = '';
  private child: ChildProcess | null = null;
  private log = '';
  private readonly data = mkdtempSync(join(tmpdir(), 'memoryverse-e2e-'));

  static async open(): Promise<House> {
    const house = new House();
    await house.start();
    return house;
  }

  /** @param port the one of before, so that an address keeps; 0 for any */
  private start(port = 0): Promise<void> {
    const child = spawn(
      serverProgram,
      [
        '--roles',
        'web,api,realtime,worker',
        '--data',
        this.data,
        '--web-root',
        webRoot,
        '--docs-root',
        docsRoot,
      ].concat(['--web-port', String(port), '--api-port', '0', '--realtime-port', '0']),
      { env: { ...process.env, MEMORYVERSE_ENV: 'test' }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`The server did not say that it is ready.\n${this.log}`)),
        START_MS,
      );
      const hear = (chunk: Buffer): void => {
        this.log = (this.log + chunk.toString()).slice(-200_000);
        const ready = /^MemoryVerse is ready at (http:\/\/\S+?),/m.exec(this.log.slice(this.mark));
        if (!ready?.[1]) return;
        clearTimeout(late);
        this.url = ready[1];
        resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('exit', (code, signal) => {
        clearTimeout(late);
        reject(new Error(`The server ended with ${code ?? signal} before it was ready.\n${this.log}`));
      });
    });
  }
  /** Where in the log the present start begins. */
  private mark = 0;

  /** Ends in order; throws when a sanitizer or anything else made the server end badly. */
  private async stop(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child) return;
    const ended =
      child.exitCode !== null || child.signalCode !== null
        ? Promise.resolve()
        : new Promise<void>((resolve) => child.on('exit', () => resolve()));
    child.kill('SIGTERM');
    await ended;
    if (child.exitCode !== 0) {
      throw new Error(`The server ended with ${child.exitCode ?? child.signalCode}.\n${this.log.slice(-20_000)}`);
    }
  }

  /** The next day: the process is another one, the data and the address are the same. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.url).port);
    await this.stop();
    this.mark = this.log.length;
    await this.start(port);
  }

  async close(): Promise<void> {
    try {
      await this.stop();
    } finally {
      rmSync(this.data, { recursive: true, force: true });
    }
  }

  /** The last lines that the server wrote, for a test that failed. */
  get lastWords(): string {
    return this.log.split('\n').slice(-40).join('\n');
  }
}
