SELECT MAX(position) FROM collection_memories
WHERE collection_id = ?1 AND position < ?2 AND memory_id NOT IN (SELECT value FROM json_each(?3))
