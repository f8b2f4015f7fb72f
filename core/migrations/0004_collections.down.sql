DROP TABLE collection_memories;
DROP TABLE collections;
