UPDATE spaces SET title = ?1, version = version + 1, updated_at = ?2
WHERE id = ?3 AND version = ?4
RETURNING version
