INSERT INTO media_items (id, memory_id, scope, position, mime_type, file_name, bytes, sha256, sha1, state, metadata, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (scope, sha256) DO NOTHING
RETURNING id
