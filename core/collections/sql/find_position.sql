SELECT position FROM collection_memories WHERE collection_id = ?1 AND memory_id = ?2
