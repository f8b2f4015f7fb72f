UPDATE collection_memories SET scope = ?2 WHERE memory_id = ?1
