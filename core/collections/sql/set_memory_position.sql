UPDATE collection_memories SET position = ?3 WHERE collection_id = ?1 AND memory_id = ?2 RETURNING memory_id
