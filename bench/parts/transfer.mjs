// A large file by tus in chunks of 32 MiB: its rate, and the most memory that the server took meanwhile.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { dataFolder } from '../lib/library.mjs';
import { residentMb } from '../lib/process.mjs';
import { signIn, startServer } from '../lib/subjects.mjs';
import { number } from '../lib/table.mjs';

const CHUNK = 32 * 1024 ** 2;

export async function transfer({ folder, gigabytes }) {
  const bytes = gigabytes * 1024 ** 3;
  const { data, account } = await dataFolder(folder, 'transfer', 1000);
  await mkdir(path.join(data, 'files'), { recursive: true });
  const subject = await startServer('transfer', { data, folder: data });
  const idle = await residentMb(subject.pid);
  const headers = { Authorization: `Bearer ${await signIn(subject, account)}`, 'Tus-Resumable': '1.0.0' };
  const created = await fetch(`${subject.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...headers, 'Upload-Length': String(bytes), 'Upload-Metadata': `filename ${btoa('film.bin')}` },
  });
  const location = new URL(created.headers.get('location'), subject.url);
  const chunk = randomBytes(CHUNK);
  let most = 0;
  const began = performance.now();
  for (let offset = 0; offset < bytes; offset += CHUNK) {
    const answered = await fetch(location, {
      method: 'PATCH',
      headers: { ...headers, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
      body: chunk,
    });
    if (answered.status !== 204) throw new Error(`chunk at ${offset}: ${answered.status} ${await answered.text()}`);
    most = Math.max(most, await residentMb(subject.pid));
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `\nUpload of ${bytes / 1024 ** 3} GB by tus: ${number(bytes / 1024 ** 2 / seconds, 0)} MB/s; ` +
      `resident memory ${number(idle, 0)} MB before, at most ${number(most, 0)} MB`,
  );
}
