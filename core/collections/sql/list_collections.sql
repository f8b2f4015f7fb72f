SELECT c.id, c.space_id, c.parent_id, c.title, c.description, c.position, c.cover_memory_id, c.created_by, c.version,
       c.created_at, c.updated_at,
       (SELECT CAST(COALESCE(SUM(kept.memories), 0) AS BIGINT) FROM collection_counts kept
        WHERE kept.collection_id = c.id AND kept.scope IN (c.space_id, c.space_id || ':' || ?2)),
       COALESCE(
         (SELECT cm.memory_id FROM collection_memories cm
          WHERE cm.collection_id = c.id AND cm.memory_id = c.cover_memory_id
            AND cm.scope IN (c.space_id, c.space_id || ':' || ?2)),
         (SELECT cm.memory_id FROM collection_memories cm
          WHERE cm.collection_id = c.id AND cm.scope IN (c.space_id, c.space_id || ':' || ?2)
          ORDER BY cm.position, cm.memory_id LIMIT 1))
FROM json_each(?1) wanted
JOIN collections c ON c.space_id = wanted.value
WHERE c.trashed_at IS NULL AND (?3 = '' OR c.id = ?3)
ORDER BY c.space_id, c.position, c.id
