INSERT INTO collection_memories (collection_id, memory_id, position, scope, added_at)
SELECT ?1, m.id, COALESCE((SELECT MAX(cm.position) FROM collection_memories cm WHERE cm.collection_id = ?1), 0) + 1,
       CASE m.privacy WHEN 'private' THEN m.space_id || ':' || m.contributor_id ELSE m.space_id END, ?3
FROM memories m
WHERE m.id = ?2 AND m.trashed_at IS NULL
  AND m.space_id = (SELECT c.space_id FROM collections c WHERE c.id = ?1)
  AND (m.privacy = 'space' OR m.contributor_id = ?4)
ON CONFLICT (collection_id, memory_id) DO NOTHING
RETURNING memory_id
