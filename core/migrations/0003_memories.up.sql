-- Memories, their media, and what makes lists and the timeline cheap however large the library is.

CREATE TABLE memories (
  id              TEXT PRIMARY KEY,
  space_id        TEXT NOT NULL REFERENCES spaces (id),
  contributor_id  TEXT NOT NULL REFERENCES users (id),
  type            TEXT NOT NULL,
  title           TEXT NOT NULL,
  description     TEXT NOT NULL,
  tags            TEXT NOT NULL,     -- JSON array, in the order that people gave
  date_edtf       TEXT NOT NULL,     -- '' is undated
  date_earliest   BIGINT,            -- milliseconds of local wall time as if UTC
  date_latest     BIGINT,
  date_offset     INTEGER,           -- minutes, where known
  date_confidence TEXT NOT NULL,
  date_source     TEXT NOT NULL,
  sort_key        BIGINT NOT NULL,   -- where it stands in the timeline; far below all dates when undated
  place_name      TEXT NOT NULL,
  latitude        DOUBLE PRECISION,
  longitude       DOUBLE PRECISION,
  privacy         TEXT NOT NULL,     -- private or space
  version         BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  trashed_at      BIGINT
);
CREATE INDEX memories_trash ON memories (space_id, trashed_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX memories_purge ON memories (trashed_at) WHERE trashed_at IS NOT NULL;

-- What lists walk: one row for each facet of each kept memory, in reading order. `scope` is the space, or space and
-- person ('SPACE:USER') for what only its contributor may see. Facets: '' for all, 'type:photo', 'tag:sea',
-- 'favourite:USER'. A page costs the same in a library of any size.
CREATE TABLE memory_index (
  scope     TEXT NOT NULL,
  facet     TEXT NOT NULL,
  sort_key  BIGINT NOT NULL,
  memory_id TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  PRIMARY KEY (scope, facet, sort_key, memory_id)
);
CREATE INDEX memory_index_memory ON memory_index (memory_id);

-- Memories by month, kept at each write instead of counted at each read.
CREATE TABLE timeline_counts (
  scope  TEXT NOT NULL,
  bucket TEXT NOT NULL,
  count  BIGINT NOT NULL,
  PRIMARY KEY (scope, bucket)
);

CREATE TABLE tag_counts (
  scope TEXT NOT NULL,
  tag   TEXT NOT NULL,     -- as last written by somebody
  key   TEXT NOT NULL,     -- folded for comparison
  count BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
);

CREATE TABLE favourites (
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  memory_id  TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, memory_id)
);
CREATE INDEX favourites_memory ON favourites (memory_id);

CREATE TABLE media_items (
  id          TEXT PRIMARY KEY,
  memory_id   TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  scope       TEXT NOT NULL,        -- of its memory: the space, or 'SPACE:USER' when only its contributor may see it
  position    INTEGER NOT NULL,
  mime_type   TEXT NOT NULL,
  file_name   TEXT NOT NULL,
  bytes       BIGINT NOT NULL,
  sha256      TEXT NOT NULL,
  sha1        TEXT NOT NULL,
  width       INTEGER,
  height      INTEGER,
  duration_ms BIGINT,
  thumbhash   TEXT,
  state       TEXT NOT NULL,        -- pending, ready or failed
  reason      TEXT,
  metadata    TEXT NOT NULL,        -- JSON: what the camera wrote
  created_at  BIGINT NOT NULL,
  UNIQUE (scope, sha256)            -- the same bytes are one memory in a space, even when sent twice at once
);
CREATE INDEX media_items_memory ON media_items (memory_id, position);
CREATE INDEX media_items_content ON media_items (sha256);
CREATE INDEX media_items_pending ON media_items (scope) WHERE state = 'pending';

-- Content that is being put into storage: written before the blob, taken away with the row that refers to it. What
-- a crash leaves here tells the next start which blobs nobody refers to.
CREATE TABLE pending_blobs (
  id         TEXT PRIMARY KEY,
  sha256     TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX pending_blobs_content ON pending_blobs (sha256);

-- Content that somebody took out of a space for good, so that a phone does not bring it back.
CREATE TABLE tombstones (
  space_id   TEXT NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
  sha256     TEXT NOT NULL,
  purged_at  BIGINT NOT NULL,
  PRIMARY KEY (space_id, sha256)
);

CREATE TABLE revisions (
  memory_id TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  version   BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  author_id TEXT NOT NULL REFERENCES users (id),
  at        BIGINT NOT NULL,
  changes   TEXT NOT NULL,          -- JSON array of {field, before, after}
  PRIMARY KEY (memory_id, version)
);

CREATE TABLE uploads (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  length     BIGINT NOT NULL,
  received   BIGINT NOT NULL,
  metadata   TEXT NOT NULL,         -- JSON object of the decoded Upload-Metadata
  memory_id  TEXT,                  -- set when it is finished
  media_id   TEXT,
  duplicate  INTEGER NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_expiry ON uploads (expires_at);
CREATE INDEX uploads_user ON uploads (user_id);
