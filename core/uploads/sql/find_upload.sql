SELECT id, user_id, length, received, metadata, memory_id, media_id, duplicate, expires_at, hash_state FROM uploads WHERE id = ?1
