// The script that a browser loads before it shows the first page, as it travels: compressed.
import { readFile } from 'node:fs/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { number } from '../lib/table.mjs';

const DIST = 'frontend/dist';

export async function script() {
  const page = await readFile(`${DIST}/index.html`, 'utf8');
  const names = new Set([...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, name]) => name));
  const files = await Promise.all([...names].map((name) => readFile(DIST + name)));
  const kilobytes = (compress) => files.reduce((sum, file) => sum + compress(file).length, 0) / 1024;
  console.log(
    `\nFirst script: ${names.size} files, ${number(kilobytes(gzipSync), 1)} KB by gzip, ` +
      `${number(kilobytes(brotliCompressSync), 1)} KB by brotli`,
  );
}
