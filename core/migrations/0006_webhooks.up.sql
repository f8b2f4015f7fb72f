-- Who reads the outbox beside the WebSockets, and how far each has come. A reader that must be alone in a cluster holds
-- the lease.
CREATE TABLE outbox_cursors (
  name        TEXT PRIMARY KEY,
  seq         BIGINT NOT NULL,     -- the last event that it has dealt with
  lease_owner TEXT,
  lease_until BIGINT
);

-- Addresses outside that hear of events.
CREATE TABLE webhooks (
  id              TEXT PRIMARY KEY,
  space_id        TEXT REFERENCES spaces (id) ON DELETE CASCADE,   -- empty: of every space
  created_by      TEXT REFERENCES users (id) ON DELETE SET NULL,
  url             TEXT NOT NULL,
  description     TEXT NOT NULL,
  events          TEXT NOT NULL,             -- types, separated by commas
  secret          TEXT NOT NULL,             -- sealed by the installation's key
  enabled         INTEGER NOT NULL,
  disabled_reason TEXT,
  since_seq       BIGINT NOT NULL,           -- hears only of what came after this event
  failures        INTEGER NOT NULL DEFAULT 0, -- in a row
  failing_since   BIGINT,
  lease_owner     TEXT,                      -- the job that delivers now, so that events stay in order
  lease_until     BIGINT,
  version         BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL
);
CREATE INDEX webhooks_space ON webhooks (space_id, created_at);

-- What is to be delivered, and what came of it.
CREATE TABLE webhook_deliveries (
  id           TEXT PRIMARY KEY,
  webhook_id   TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  seq          BIGINT NOT NULL,      -- of the event; 0 for a ping
  type         TEXT NOT NULL,
  body         TEXT NOT NULL,        -- what is sent, byte for byte
  state        TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  once         INTEGER NOT NULL,     -- asked for by a person: tried once, and holds nothing else up
  attempts     INTEGER NOT NULL DEFAULT 0,
  status       INTEGER,              -- of the last answer
  duration_ms  BIGINT,
  answer       TEXT,                 -- its first bytes
  reason       TEXT,                 -- why the last attempt failed: a key
  created_at   BIGINT NOT NULL,
  attempted_at BIGINT
);
CREATE INDEX webhook_deliveries_next ON webhook_deliveries (webhook_id, seq, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook_id, created_at, id);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);
