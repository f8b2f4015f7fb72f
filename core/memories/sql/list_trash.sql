SELECT trashed_at, id
FROM memories
WHERE space_id = ?1 AND trashed_at IS NOT NULL AND (privacy = 'space' OR contributor_id = ?2)
  AND (trashed_at, id) < (?3, ?4)
ORDER BY trashed_at DESC, id DESC
LIMIT ?5
