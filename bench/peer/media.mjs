// Uploads and previews.
import busboy from 'busboy';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { Refusal } from './accounts.mjs';
import { newId } from './ids.mjs';
import { rows, transaction } from './database.mjs';
import { announce } from './events.mjs';
import { findMemory, insertMemory, personalSpace } from './memories.mjs';

const FILES = process.env.PEER_FILES;
const SIZES = [2048, 1080, 256];
const WEBP = { quality: 80, effort: 1 };
const DECODES_AT_ONCE = Number(process.env.PEER_DECODES ?? 2);

// Pictures are decoded side by side, each on one thread, which is what gives the most of them in a second.
sharp.concurrency(1);
sharp.cache(false);

const sharded = (sha256) => path.join(sha256.slice(0, 2), sha256.slice(2, 4), sha256);
const originalPath = (sha256) => path.join(FILES, 'originals', sharded(sha256));
const previewPath = (sha256, size) => path.join(FILES, 'derived', sharded(sha256), `${size}.webp`);

async function syncFolder(folder) {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

/** Streams the form's file to a temporary one while hashing, synced before it counts. */
function receive(request) {
  return new Promise((resolve, reject) => {
    const form = busboy({ headers: request.headers, limits: { files: 1, fileSize: 64 * 1024 * 1024 } });
    let stored;
    form.on('file', (_field, stream, info) => {
      const unfinished = path.join(FILES, 'scratch', newId());
      const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1') };
      let bytes = 0;
      const hashing = new Transform({
        transform(piece, _encoding, done) {
          hashes.sha256.update(piece);
          hashes.sha1.update(piece);
          bytes += piece.length;
          done(null, piece);
        },
      });
      stored = pipeline(stream, hashing, createWriteStream(unfinished, { flush: true })).then(() => ({
        unfinished,
        bytes,
        fileName: info.filename,
        mimeType: info.mimeType,
        sha256: hashes.sha256.digest('hex'),
        sha1: hashes.sha1.digest('hex'),
      }));
    });
    form.on('error', reject);
    form.on('close', () => (stored ? stored.then(resolve, reject) : reject(new Refusal(422, 'upload.invalid'))));
    request.pipe(form);
  });
}

export async function upload(request, response) {
  const { userId } = request.user;
  const spaceId = await personalSpace(userId);
  const file = await receive(request);
  const [known] = await rows(
    'known_content',
    'SELECT memory_id, id FROM media_items WHERE scope = ANY($1) AND sha256 = $2 LIMIT 1',
    [[spaceId, `${spaceId}:${userId}`], file.sha256],
  );
  if (known) {
    await rm(file.unfinished);
    const memory = await findMemory(known.memory_id, request.user);
    response.json({ memory, media: memory.media.find((item) => item.id === known.id), duplicate: true });
    return;
  }
  const original = originalPath(file.sha256);
  await mkdir(path.dirname(original), { recursive: true });
  await rename(file.unfinished, original);
  await syncFolder(path.dirname(original));
  const medium = { id: newId(), ...file };
  const memory = await transaction(async (client) => {
    const id = newId();
    await insertMemory(client, { id, spaceId, userId, type: 'photo', title: '', medium, now: Date.now() });
    return findMemory(id, request.user, client);
  });
  waiting.push({ medium, memory });
  decodeNext();
  response.status(201).set('Cache-Control', 'no-store').json({ memory, media: memory.media[0], duplicate: false });
}

const waiting = [];
let running = 0;

function decodeNext() {
  while (running < DECODES_AT_ONCE && waiting.length > 0) {
    running += 1;
    makePreviews(waiting.shift())
      .catch((error) => console.error(error))
      .finally(() => {
        running -= 1;
        decodeNext();
      });
  }
}

/** All sizes from one decoding; each is made of the largest. */
async function makePreviews({ medium, memory }) {
  const source = sharp(originalPath(medium.sha256), { sequentialRead: true });
  const { width, height, orientation = 1 } = await source.metadata();
  const box = (size) => ({ width: size, height: size, fit: 'inside', withoutEnlargement: true });
  const { data, info } = await source
    .rotate()
    .resize(box(SIZES[0]))
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const large = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  await mkdir(path.dirname(previewPath(medium.sha256, 256)), { recursive: true });
  for (const size of SIZES) {
    const target = previewPath(medium.sha256, size);
    await large().resize(box(size)).webp(WEBP).toFile(`${target}.part`);
    await rename(`${target}.part`, target);
  }
  const tiny = await large().resize(box(100)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const hash = Buffer.from(rgbaToThumbHash(tiny.info.width, tiny.info.height, tiny.data)).toString('base64');
  const turned = orientation >= 5;
  await transaction(async (client) => {
    await rows(
      'media_ready',
      `UPDATE media_items SET width = $2, height = $3, thumbhash = $4, state = 'ready' WHERE id = $1`,
      [medium.id, turned ? height : width, turned ? width : height, hash],
      client,
    );
    const data = { id: memory.id, spaceId: memory.spaceId, version: memory.version, bucket: 'undated', state: 'ready' };
    await announce(client, 'memory.updated', memory.spaceId, Date.now(), data);
  });
}

export async function preview(request, response) {
  const size = Number(request.query.size);
  if (!SIZES.includes(size)) throw new Refusal(400, 'request.invalid-query');
  const [medium] = await rows(
    'find_medium',
    `SELECT x.sha256, m.space_id, m.contributor_id, m.privacy
     FROM media_items x JOIN memories m ON m.id = x.memory_id WHERE x.id = $1`,
    [request.params.id],
  );
  const { userId, roles } = request.user;
  const visible =
    medium && roles[medium.space_id] && (medium.privacy !== 'private' || medium.contributor_id === userId);
  if (!visible) throw new Refusal(404, 'media.not-found');
  response.set('Cache-Control', 'private, max-age=31536000, immutable').set('ETag', `"${medium.sha256}-${size}"`);
  response.sendFile(previewPath(medium.sha256, size), { cacheControl: false, etag: false, lastModified: false });
}

export async function prepareFolders() {
  await mkdir(path.join(FILES, 'scratch'), { recursive: true });
}
