SELECT position, memory_id
FROM collection_memories
WHERE collection_id = ?1 AND scope IN (?2, ?3) AND (position, memory_id) > (?4, ?5)
ORDER BY position, memory_id
LIMIT ?6
