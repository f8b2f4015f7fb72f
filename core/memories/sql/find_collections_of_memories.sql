SELECT cm.memory_id, cm.collection_id
FROM json_each(?1) wanted
JOIN collection_memories cm ON cm.memory_id = wanted.value
JOIN collections c ON c.id = cm.collection_id AND c.trashed_at IS NULL
ORDER BY cm.memory_id, cm.added_at
