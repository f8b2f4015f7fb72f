-- How many memories of a scope a collection holds, kept as they come and go: a list of collections that counts them takes
-- longer the more a family puts into them. By triggers, so that programs that know nothing of it keep it as well.
CREATE TABLE collection_counts (
  collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  scope         TEXT NOT NULL,
  memories      BIGINT NOT NULL,
  PRIMARY KEY (collection_id, scope)
);

CREATE FUNCTION keep_collection_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE collection_counts SET memories = memories - 1
    WHERE collection_id = OLD.collection_id AND scope = OLD.scope;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO collection_counts (collection_id, scope, memories) VALUES (NEW.collection_id, NEW.scope, 1)
    ON CONFLICT (collection_id, scope) DO UPDATE SET memories = collection_counts.memories + 1;
  END IF;
  RETURN NULL;
END $$;
-- The triggers hold writers off until the step commits, so that none comes between them and the count.
CREATE TRIGGER collection_memories_keep AFTER INSERT OR DELETE ON collection_memories
  FOR EACH ROW EXECUTE FUNCTION keep_collection_counts();
CREATE TRIGGER collection_memories_move AFTER UPDATE OF scope ON collection_memories
  FOR EACH ROW WHEN (NEW.scope <> OLD.scope) EXECUTE FUNCTION keep_collection_counts();

INSERT INTO collection_counts (collection_id, scope, memories)
SELECT collection_id, scope, COUNT(*) FROM collection_memories GROUP BY collection_id, scope;
