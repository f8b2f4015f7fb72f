// Where things lie: the programs under test, the pictures, and what a run leaves behind.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const testsFolder = dirname(dirname(fileURLToPath(import.meta.url)));
export const root = dirname(testsFolder);
const fromRoot = (path: string) => resolve(root, path);

const build = fromRoot(process.env.MEMORYVERSE_BUILD ?? 'build/asan');
export const serverProgram = process.env.MEMORYVERSE_SERVER ?? join(build, 'backend/memoryverse-server');
export const webRoot = fromRoot(process.env.MEMORYVERSE_WEB_ROOT ?? 'frontend/dist');
export const docsRoot = fromRoot('node_modules/swagger-ui-dist');
export const browserProgram = process.env.MEMORYVERSE_CHROMIUM ?? '/usr/bin/chromium';

export const fixtures = join(testsFolder, 'fixtures');
export const artifacts = join(testsFolder, 'artifacts');

/** The collection of real photographs that some machines have beside the checkout; null on all others. */
export const corpus = ((folder: string) => (existsSync(join(folder, 'corpus')) ? join(folder, 'corpus') : null))(
  process.env.MEMORYVERSE_SHARED ?? fromRoot('../shared'),
);
