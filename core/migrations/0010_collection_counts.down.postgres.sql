DROP TRIGGER collection_memories_keep ON collection_memories;
DROP TRIGGER collection_memories_move ON collection_memories;
DROP FUNCTION keep_collection_counts();
DROP TABLE collection_counts;
