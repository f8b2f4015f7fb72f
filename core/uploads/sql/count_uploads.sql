SELECT COUNT(*) FROM uploads WHERE user_id = ?1 AND memory_id IS NULL
