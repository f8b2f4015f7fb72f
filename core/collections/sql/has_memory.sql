SELECT memory_id FROM collection_memories
WHERE collection_id = ?1 AND memory_id = ?2 AND scope IN (SELECT value FROM json_each(?3))
