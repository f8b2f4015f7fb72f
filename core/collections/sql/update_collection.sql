UPDATE collections
SET title = ?2, description = ?3, parent_id = ?4, position = ?5, cover_memory_id = ?6, version = version + 1, updated_at = ?7
WHERE id = ?1
