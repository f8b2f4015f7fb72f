SELECT id, position FROM collections
WHERE space_id = ?1 AND COALESCE(parent_id, '') = ?2 AND trashed_at IS NULL
ORDER BY position, id
