SELECT memory_id, mime_type, file_name, bytes, sha256 FROM media_items WHERE id = ?1
