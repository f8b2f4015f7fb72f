SELECT id, space_id, parent_id, title, description, position, cover_memory_id, created_by, version, created_at, updated_at,
       trashed_at
FROM collections
WHERE id = ?1
