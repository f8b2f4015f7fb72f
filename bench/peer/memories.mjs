// Memories as the product's own replies show them.
import { Refusal } from './accounts.mjs';
import { newId } from './ids.mjs';
import { rows, transaction } from './database.mjs';
import { announce } from './events.mjs';

const DAY = 24 * 60 * 60_000;
const UNDATED = -5_000_000_000_000_000;
const UNDATED_BASE = -6_000_000_000_000_000;
const EDITORS = new Set(['owner', 'editor']);
const CONTRIBUTORS = new Set([...EDITORS, 'contributor']);

const iso = (at) => new Date(at).toISOString();

/** Wall time with its offset, where that is known. */
function wall(at, offset) {
  if (at === null) return undefined;
  if (offset === null) return iso(at).slice(0, -1);
  const size = Math.abs(offset);
  const two = (number) => String(number).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}:${two(size % 60)}`;
  return iso(at + offset * 60_000).slice(0, -1) + zone;
}

const absent = (value) => value ?? undefined;

function mediumReply(row) {
  return {
    id: row.id,
    mimeType: row.mime_type,
    fileName: row.file_name,
    bytes: row.bytes,
    sha256: row.sha256,
    width: absent(row.width),
    height: absent(row.height),
    durationMs: absent(row.duration_ms),
    thumbhash: absent(row.thumbhash),
    state: row.state,
    reason: absent(row.reason),
    camera: row.metadata === '{}' ? undefined : JSON.parse(row.metadata),
  };
}

function memoryReply(row, media, collectionIds, user) {
  const own = row.contributor_id === user.userId;
  const role = user.roles[row.space_id];
  const hasPlace = row.place_name !== '' || row.latitude !== null;
  return {
    id: row.id,
    spaceId: row.space_id,
    contributor: { id: row.contributor_id, name: row.contributor_name },
    type: row.type,
    title: row.title,
    description: row.description,
    tags: row.tags === '[]' ? [] : JSON.parse(row.tags),
    date: {
      edtf: row.date_edtf,
      earliest: wall(row.date_earliest, row.date_offset),
      latest: wall(row.date_latest, row.date_offset),
      offsetMinutes: absent(row.date_offset),
      confidence: row.date_confidence,
      source: row.date_source,
    },
    place: hasPlace
      ? { name: row.place_name, latitude: absent(row.latitude), longitude: absent(row.longitude) }
      : undefined,
    privacy: row.privacy,
    favourite: row.favourite,
    version: row.version,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    trashedAt: row.trashed_at === null ? undefined : iso(row.trashed_at),
    purgeAt: row.trashed_at === null ? undefined : iso(row.trashed_at + 30 * DAY),
    media,
    collectionIds,
    canEdit: row.trashed_at === null && (EDITORS.has(role) || (own && CONTRIBUTORS.has(role))),
  };
}

const MEMORY_COLUMNS = `m.id, m.space_id, m.contributor_id, u.name AS contributor_name, m.type, m.title, m.description, m.tags,
  m.date_edtf, m.date_earliest, m.date_latest, m.date_offset, m.date_confidence, m.date_source, m.sort_key, m.place_name,
  m.latitude, m.longitude, m.privacy, m.version, m.created_at, m.updated_at, m.trashed_at,
  f.memory_id IS NOT NULL AS favourite`;

/** Replies for rows of memories: their media and collections are read side by side. */
async function withParts(found, user, client) {
  const ids = found.map((row) => row.id);
  const [media, collections] = await Promise.all([
    rows(
      'media_of_memories',
      `SELECT id, memory_id, mime_type, file_name, bytes, sha256, width, height, duration_ms, thumbhash, state, reason, metadata
       FROM media_items WHERE memory_id = ANY($1) ORDER BY memory_id, position`,
      [ids],
      client,
    ),
    rows(
      'collections_of_memories',
      `SELECT cm.memory_id, cm.collection_id
       FROM collection_memories cm
       JOIN collections c ON c.id = cm.collection_id AND c.trashed_at IS NULL
       WHERE cm.memory_id = ANY($1) ORDER BY cm.memory_id, cm.added_at`,
      [ids],
      client,
    ),
  ]);
  const mediaOf = byMemory(media);
  const collectionsOf = byMemory(collections);
  return found.map((row) =>
    memoryReply(
      row,
      (mediaOf.get(row.id) ?? []).map(mediumReply),
      (collectionsOf.get(row.id) ?? []).map((entry) => entry.collection_id),
      user,
    ),
  );
}

function byMemory(list) {
  const groups = new Map();
  for (const row of list) {
    const group = groups.get(row.memory_id);
    if (group) group.push(row);
    else groups.set(row.memory_id, [row]);
  }
  return groups;
}

const toCursor = (row) => Buffer.from(`${row.sort_key}/${row.id}`).toString('base64url');

function fromCursor(cursor) {
  const match = /^(-?\d+)\/([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match) throw new Refusal(400, 'request.invalid-query');
  return { sortKey: match[1], id: match[2] };
}

export async function list(request, response) {
  const { limit: wanted = '50', cursor, tag } = request.query;
  const limit = Number(wanted);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new Refusal(400, 'request.invalid-query');
  const after = cursor ? fromCursor(cursor) : { sortKey: '9223372036854775807', id: '~' };
  const found = await rows(
    'list_memories',
    `SELECT ${MEMORY_COLUMNS}
     FROM unnest($1::text[]) AS visible (scope)
     CROSS JOIN LATERAL (
       SELECT i.sort_key, i.memory_id FROM memory_index i
       WHERE i.scope = visible.scope AND i.facet = $2 AND (i.sort_key, i.memory_id) < ($3, $4)
       ORDER BY i.sort_key DESC, i.memory_id DESC LIMIT $5) page
     JOIN memories m ON m.id = page.memory_id
     JOIN users u ON u.id = m.contributor_id
     LEFT JOIN favourites f ON f.user_id = $6 AND f.memory_id = m.id
     ORDER BY page.sort_key DESC, page.memory_id DESC LIMIT $5`,
    [
      request.user.scopes,
      tag ? `tag:${tag.toLowerCase()}` : '',
      after.sortKey,
      after.id,
      limit + 1,
      request.user.userId,
    ],
  );
  const more = found.length > limit;
  if (more) found.pop();
  response
    .set('Cache-Control', 'no-store')
    .json({ items: await withParts(found, request.user), nextCursor: more ? toCursor(found.at(-1)) : undefined });
}

export async function findMemory(id, user, client) {
  const found = await rows(
    'find_memory',
    `SELECT ${MEMORY_COLUMNS}
     FROM memories m
     JOIN users u ON u.id = m.contributor_id
     LEFT JOIN favourites f ON f.user_id = $2 AND f.memory_id = m.id
     WHERE m.id = $1`,
    [id, user.userId],
    client,
  );
  const [row] = found;
  const visible = row && user.roles[row.space_id] && (row.privacy !== 'private' || row.contributor_id === user.userId);
  if (!visible) throw new Refusal(404, 'memory.not-found');
  return (await withParts(found, user, client))[0];
}

export async function read(request, response) {
  const memory = await findMemory(request.params.id, request.user);
  response.set('Cache-Control', 'private, no-cache').set('ETag', `"${memory.version}"`).json(memory);
}

export async function bucketCounts(request, response) {
  const buckets = await rows(
    'bucket_counts',
    `SELECT bucket, SUM(count)::bigint AS count FROM timeline_counts
     WHERE scope = ANY($1) GROUP BY bucket HAVING SUM(count) > 0`,
    [request.user.scopes],
  );
  const rank = (bucket) => (bucket === 'undated' ? '' : bucket);
  buckets.sort((a, b) => (rank(a.bucket) < rank(b.bucket) ? 1 : -1));
  response.set('Cache-Control', 'no-store').json({ buckets });
}

export async function bucket(request, response) {
  const match = /^(\d{4})-(\d{2})$/.exec(request.params.bucket);
  if (!match) throw new Refusal(400, 'timeline.bad-bucket');
  const found = await rows(
    'bucket_columns',
    `SELECT page.sort_key, m.id, m.type, m.title, m.date_edtf, m.date_offset, x.id AS media_id, x.mime_type, x.width, x.height,
            x.thumbhash, x.duration_ms, x.state, f.memory_id IS NOT NULL AS favourite, m.version
     FROM memory_index page
     JOIN memories m ON m.id = page.memory_id
     LEFT JOIN media_items x ON x.memory_id = m.id AND x.position = 0
     LEFT JOIN favourites f ON f.user_id = $4 AND f.memory_id = m.id
     WHERE page.scope = ANY($1) AND page.facet = '' AND page.sort_key >= $2 AND page.sort_key < $3
     ORDER BY page.sort_key DESC, page.memory_id DESC LIMIT 10000`,
    [
      request.user.scopes,
      Date.UTC(Number(match[1]), Number(match[2]) - 1, 1),
      Date.UTC(Number(match[1]), Number(match[2]), 1),
      request.user.userId,
    ],
  );
  response.set('Cache-Control', 'no-store').json({
    id: found.map((row) => row.id),
    type: found.map((row) => row.type),
    title: found.map((row) => row.title),
    edtf: found.map((row) => row.date_edtf),
    takenAt: found.map((row) => (row.sort_key > UNDATED ? row.sort_key : null)),
    offsetMinutes: found.map((row) => row.date_offset),
    mediaId: found.map((row) => row.media_id),
    mimeType: found.map((row) => row.mime_type),
    ratio: found.map((row) => (row.width && row.height ? row.width / row.height : null)),
    thumbhash: found.map((row) => row.thumbhash),
    durationMs: found.map((row) => row.duration_ms),
    state: found.map((row) => row.state ?? 'ready'),
    favourite: found.map((row) => row.favourite),
    version: found.map((row) => row.version),
  });
}

/** Writes a memory with all that is kept beside it. `medium` is absent for a story. */
export async function insertMemory(client, { id, spaceId, userId, type, title, medium, now }) {
  const sortKey = UNDATED_BASE + now;
  await rows(
    'insert_memory',
    `INSERT INTO memories (id, space_id, contributor_id, type, title, description, tags, date_edtf, date_confidence,
       date_source, sort_key, place_name, privacy, version, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, '', '[]', '', 'certain', 'none', $6, '', 'space', 1, $7, $7)`,
    [id, spaceId, userId, type, title, sortKey, now],
    client,
  );
  if (medium) {
    const inserted = await rows(
      'insert_media',
      `INSERT INTO media_items (id, memory_id, scope, position, mime_type, file_name, bytes, sha256, sha1, state, metadata, created_at)
       VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, 'pending', '{}', $9)
       ON CONFLICT (scope, sha256) DO NOTHING RETURNING id`,
      [medium.id, id, spaceId, medium.mimeType, medium.fileName, medium.bytes, medium.sha256, medium.sha1, now],
      client,
    );
    if (inserted.length === 0) throw new Refusal(409, 'upload.raced');
  }
  await rows(
    'insert_index',
    `INSERT INTO memory_index (scope, facet, sort_key, memory_id) VALUES ($1, '', $2, $3), ($1, $4, $2, $3)`,
    [spaceId, sortKey, id, `type:${type}`],
    client,
  );
  await rows(
    'count_bucket',
    `INSERT INTO timeline_counts (scope, bucket, count) VALUES ($1, 'undated', 1)
     ON CONFLICT (scope, bucket) DO UPDATE SET count = timeline_counts.count + 1`,
    [spaceId],
    client,
  );
  await rows(
    'insert_revision',
    `INSERT INTO revisions (memory_id, version, kind, author_id, at, changes) VALUES ($1, 1, 'created', $2, $3, '[]')`,
    [id, userId, now],
    client,
  );
  await announce(client, 'memory.created', spaceId, now, { id, spaceId, version: 1, bucket: 'undated' });
}

/** The space that is written to: one's own, which comes first. */
export async function personalSpace(userId) {
  const [space] = await rows('personal_space', `SELECT id FROM spaces WHERE created_by = $1 AND kind = 'personal'`, [
    userId,
  ]);
  return space.id;
}

export async function create(request, response) {
  const { type = 'story', title, spaceId } = request.body ?? {};
  if (type !== 'story' || typeof title !== 'string' || title.trim() === '' || title.length > 200) {
    throw new Refusal(422, 'memory.invalid');
  }
  const { userId, roles } = request.user;
  const target = spaceId ?? (await personalSpace(userId));
  if (!roles[target]) throw new Refusal(404, 'space.not-found');
  if (!CONTRIBUTORS.has(roles[target])) throw new Refusal(403, 'space.not-a-contributor');
  const memory = await transaction(async (client) => {
    const id = newId();
    await insertMemory(client, { id, spaceId: target, userId, type, title, now: Date.now() });
    return findMemory(id, request.user, client);
  });
  response
    .status(201)
    .set({ 'Cache-Control': 'no-store', ETag: `"${memory.version}"`, Location: `/api/v1/memories/${memory.id}` })
    .json(memory);
}
