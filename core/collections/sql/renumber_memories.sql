UPDATE collection_memories
SET position = numbered.place
FROM (SELECT memory_id AS numbered_id, ROW_NUMBER() OVER (ORDER BY position, memory_id) AS place
      FROM collection_memories WHERE collection_id = ?1) AS numbered
WHERE collection_id = ?1 AND memory_id = numbered.numbered_id
