// Before the first test: what is needed must be there, and what the last run left must not be.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, browserProgram, corpus, serverProgram, webRoot } from './paths';

export default function prepare(): void {
  for (const [path, how] of [
    [serverProgram, 'Build the server, or name its build folder in MEMORYVERSE_BUILD.'],
    [join(webRoot, 'index.html'), 'Build the web client, or name its folder in MEMORYVERSE_WEB_ROOT.'],
    [browserProgram, 'Install chromium, or name another one in MEMORYVERSE_CHROMIUM.'],
  ] as const) {
    if (!existsSync(path)) throw new Error(`${path} is missing. ${how}`);
  }
  if (corpus === null) console.log('No corpus of real photographs beside the checkout: its tests are skipped.');
  rmSync(artifacts, { recursive: true, force: true });
}
