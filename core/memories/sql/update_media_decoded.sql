UPDATE media_items
SET mime_type = ?2, width = ?3, height = ?4, duration_ms = ?5, thumbhash = ?6, state = ?7, reason = ?8, metadata = ?9
WHERE id = ?1
