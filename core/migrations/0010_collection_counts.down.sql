DROP TRIGGER collection_memories_come;
DROP TRIGGER collection_memories_go;
DROP TRIGGER collection_memories_move;
DROP TABLE collection_counts;
