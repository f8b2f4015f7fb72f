-- People, their sessions, and the spaces that own memories. Ids are UUIDv7 text, times UTC milliseconds.

CREATE TABLE users (
  id            TEXT PRIMARY KEY,
  email         TEXT NOT NULL,
  email_key     TEXT NOT NULL UNIQUE,   -- lower case, for comparison
  name          TEXT NOT NULL,
  password_hash TEXT NOT NULL,          -- argon2id with its parameters and salt
  is_owner      INTEGER NOT NULL DEFAULT 0,
  locale        TEXT NOT NULL,
  theme         TEXT NOT NULL DEFAULT 'system',
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL
);

-- At most one account owns the installation, however many register at once.
CREATE UNIQUE INDEX users_owner ON users (is_owner) WHERE is_owner = 1;

-- One signed-in device: a family of refresh tokens.
CREATE TABLE sessions (
  id           TEXT PRIMARY KEY,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  user_agent   TEXT NOT NULL,
  address      TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, last_used_at);

-- Tokens are kept as SHA-256 only. A refresh token that is used twice ends its session.
CREATE TABLE session_tokens (
  hash       TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,   -- access or refresh
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT           -- refresh only
);
CREATE INDEX session_tokens_session ON session_tokens (session_id);
CREATE INDEX session_tokens_expiry ON session_tokens (expires_at);

CREATE TABLE spaces (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,   -- personal or family
  title      TEXT NOT NULL,
  created_by TEXT NOT NULL REFERENCES users (id),
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A person has exactly one space of their own.
CREATE UNIQUE INDEX spaces_personal ON spaces (created_by) WHERE kind = 'personal';

CREATE TABLE space_members (
  space_id  TEXT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
  user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role      TEXT NOT NULL,    -- owner, editor, contributor, commenter, viewer
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, user_id)
);
CREATE INDEX space_members_user ON space_members (user_id, space_id);

CREATE TABLE invitations (
  id         TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  space_id   TEXT REFERENCES spaces (id) ON DELETE CASCADE,
  role       TEXT,
  note       TEXT NOT NULL,
  created_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT,
  used_by    TEXT REFERENCES users (id)
);
CREATE INDEX invitations_creator ON invitations (created_by, created_at);
