-- How many memories of a scope a collection holds, kept as they come and go: a list of collections that counts them takes
-- longer the more a family puts into them. By triggers, so that programs that know nothing of it keep it as well.
CREATE TABLE collection_counts (
  collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  scope         TEXT NOT NULL,
  memories      BIGINT NOT NULL,
  PRIMARY KEY (collection_id, scope)
);
INSERT INTO collection_counts (collection_id, scope, memories)
SELECT collection_id, scope, COUNT(*) FROM collection_memories GROUP BY collection_id, scope;

CREATE TRIGGER collection_memories_come AFTER INSERT ON collection_memories BEGIN
  INSERT INTO collection_counts (collection_id, scope, memories) VALUES (NEW.collection_id, NEW.scope, 1)
  ON CONFLICT (collection_id, scope) DO UPDATE SET memories = memories + 1;
END;

CREATE TRIGGER collection_memories_go AFTER DELETE ON collection_memories BEGIN
  UPDATE collection_counts SET memories = memories - 1
  WHERE collection_id = OLD.collection_id AND scope = OLD.scope;
END;

CREATE TRIGGER collection_memories_move AFTER UPDATE OF scope ON collection_memories WHEN NEW.scope <> OLD.scope BEGIN
  UPDATE collection_counts SET memories = memories - 1
  WHERE collection_id = OLD.collection_id AND scope = OLD.scope;
  INSERT INTO collection_counts (collection_id, scope, memories) VALUES (NEW.collection_id, NEW.scope, 1)
  ON CONFLICT (collection_id, scope) DO UPDATE SET memories = memories + 1;
END;
