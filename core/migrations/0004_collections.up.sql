-- Collections are a tree in a space; a memory may stand in many of them.

CREATE TABLE collections (
  id              TEXT PRIMARY KEY,
  space_id        TEXT NOT NULL REFERENCES spaces (id),
  parent_id       TEXT REFERENCES collections (id) ON DELETE CASCADE,
  title           TEXT NOT NULL,
  description     TEXT NOT NULL,
  position        BIGINT NOT NULL,
  cover_memory_id TEXT REFERENCES memories (id) ON DELETE SET NULL,
  created_by      TEXT NOT NULL REFERENCES users (id),
  version         BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  trashed_at      BIGINT            -- deleted ones can be taken back as long as the trash keeps them
);
CREATE INDEX collections_tree ON collections (space_id, parent_id, position);

CREATE TABLE collection_memories (
  collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  memory_id     TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
  position      DOUBLE PRECISION NOT NULL,  -- between two neighbours there is room for a third
  scope         TEXT NOT NULL,              -- of the memory, as in memory_index; '' while it is in the trash
  added_at      BIGINT NOT NULL,
  PRIMARY KEY (collection_id, memory_id)
);
CREATE INDEX collection_memories_order ON collection_memories (collection_id, position, memory_id);
CREATE INDEX collection_memories_count ON collection_memories (collection_id, scope);
CREATE INDEX collection_memories_memory ON collection_memories (memory_id);
