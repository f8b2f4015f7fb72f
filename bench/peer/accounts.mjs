// Signing in, and who asks.
import { verify } from '@node-rs/argon2';
import { createHash, randomBytes } from 'node:crypto';
import { newId } from './ids.mjs';
import { rows, transaction } from './database.mjs';

const MINUTE = 60_000;
const ACCESS_MS = 15 * MINUTE;
const REFRESH_MS = 60 * 24 * 60 * MINUTE;

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const newToken = (prefix) => prefix + randomBytes(32).toString('base64url');

/** A refusal with its status and key. */
export class Refusal extends Error {
  constructor(status, key) {
    super(key);
    this.status = status;
    this.key = key;
  }
}

/** Who holds `token`, with the role in each space of theirs: one query. */
export async function authenticate(token) {
  const now = Date.now();
  const [found] = await rows(
    'authenticate',
    `SELECT u.id AS user_id, s.id AS session_id, t.expires_at AS token_ends, s.expires_at AS session_ends, s.last_used_at,
            (SELECT json_object_agg(m.space_id, m.role) FROM space_members m WHERE m.user_id = u.id) AS roles
     FROM session_tokens t
     JOIN sessions s ON s.id = t.session_id
     JOIN users u ON u.id = s.user_id
     WHERE t.hash = $1 AND t.kind = 'access'`,
    [sha256(token)],
  );
  if (!found || found.token_ends <= now || found.session_ends <= now) throw new Refusal(401, 'auth.token-invalid');
  if (now - found.last_used_at >= MINUTE) {
    await rows('touch_session', 'UPDATE sessions SET last_used_at = $1 WHERE id = $2', [now, found.session_id]);
  }
  return {
    userId: found.user_id,
    roles: found.roles,
    scopes: Object.keys(found.roles).flatMap((space) => [space, `${space}:${found.user_id}`]),
  };
}

export function bearerOf(request) {
  const header = request.headers.authorization ?? '';
  if (!header.startsWith('Bearer ')) throw new Refusal(401, 'auth.required');
  return header.slice('Bearer '.length);
}

/** Express middleware: `request.user`. */
export async function requireUser(request, _response, next) {
  request.user = await authenticate(bearerOf(request));
  next();
}

export async function login(request, response) {
  const { email, password } = request.body ?? {};
  if (typeof email !== 'string' || typeof password !== 'string') throw new Refusal(422, 'request.invalid-body');
  const [user] = await rows(
    'user_by_email',
    `SELECT u.id, u.email, u.name, u.locale, u.theme, u.is_owner, u.created_at, u.password_hash, s.id AS space_id
     FROM users u
     JOIN spaces s ON s.created_by = u.id AND s.kind = 'personal'
     WHERE u.email_key = $1`,
    [email.toLowerCase()],
  );
  if (!user || !(await verify(user.password_hash, password))) throw new Refusal(401, 'auth.bad-credentials');

  const now = Date.now();
  const tokens = { access: newToken('mva_'), refresh: newToken('mvr_') };
  await transaction(async (client) => {
    const sessionId = newId();
    await rows(
      'insert_session',
      `INSERT INTO sessions (id, user_id, user_agent, address, created_at, last_used_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $5, $6)`,
      [sessionId, user.id, (request.headers['user-agent'] ?? '').slice(0, 300), request.ip, now, now + REFRESH_MS],
      client,
    );
    await rows(
      'insert_tokens',
      `INSERT INTO session_tokens (hash, session_id, kind, created_at, expires_at)
       VALUES ($1, $3, 'access', $4, $5), ($2, $3, 'refresh', $4, $6)`,
      [sha256(tokens.access), sha256(tokens.refresh), sessionId, now, now + ACCESS_MS, now + REFRESH_MS],
      client,
    );
  });
  response.set('Cache-Control', 'no-store').json({
    user: {
      id: user.id,
      email: user.email,
      name: user.name,
      locale: user.locale,
      theme: user.theme,
      isOwner: user.is_owner !== 0,
      personalSpaceId: user.space_id,
      createdAt: new Date(user.created_at).toISOString(),
    },
    accessToken: tokens.access,
    refreshToken: tokens.refresh,
    expiresAt: new Date(now + ACCESS_MS).toISOString(),
  });
}
