-- What every feature leans on: the outbox, the jobs, the installation's settings, and what was answered to requests
-- that may come twice. Ids are UUIDv7 text, times UTC milliseconds.

-- SQLite has it, and with it a list of any length is one parameter of one prepared statement on both engines. (The
-- function of the same name that PostgreSQL brings takes json and goes over the members of an object.) Not STRICT, as the
-- planner then puts its body in its place.
CREATE FUNCTION json_each(list TEXT) RETURNS TABLE (value TEXT) LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT item FROM json_array_elements_text(list::json) AS items (item) $$;

-- Events, in the order of their commits: whoever inserts holds a lock until its commit, so that nobody who has read a
-- number finds a smaller one later. Sequences never give a number again.
CREATE TABLE events (
  seq      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type     TEXT NOT NULL,
  space_id TEXT NOT NULL,   -- whose members may hear of it
  user_id  TEXT,            -- when set, only this person
  at       BIGINT NOT NULL,
  data     TEXT NOT NULL    -- JSON
);
CREATE INDEX events_at ON events (at);

CREATE TABLE jobs (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,
  payload     TEXT NOT NULL,          -- JSON
  priority    INTEGER NOT NULL,       -- higher first
  run_at      BIGINT NOT NULL,
  key         TEXT,
  state       TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
  attempts    INTEGER NOT NULL DEFAULT 0,
  lease_until BIGINT,
  lease_owner TEXT,                   -- a token of the claim, so that a late worker cannot end somebody else's
  reason      TEXT,                   -- of the last failure
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
-- The next job of a kind is the first row of its part of this index.
CREATE INDEX jobs_waiting ON jobs (kind, priority DESC, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_dead ON jobs (updated_at) WHERE state = 'dead';
CREATE UNIQUE INDEX jobs_key ON jobs (kind, key) WHERE state = 'waiting' AND key IS NOT NULL;

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- The reply to a request that carried an Idempotency-Key, to be given again when the request comes again. The rows are
-- pruned by age; a person who is gone takes nothing along, so users are not referred to.
CREATE TABLE idempotency_keys (
  user_id      TEXT NOT NULL,
  key          TEXT NOT NULL,
  request_hash TEXT NOT NULL,   -- SHA-256 of method, address and body: another request with the same key is a mistake
  status       INTEGER,         -- empty while the first request is under way
  body         TEXT,
  etag         TEXT,
  location     TEXT,
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
