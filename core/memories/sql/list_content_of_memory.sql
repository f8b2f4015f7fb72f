SELECT DISTINCT sha256 FROM media_items WHERE memory_id = ?1
