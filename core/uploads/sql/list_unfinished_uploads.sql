SELECT id FROM uploads WHERE memory_id IS NULL AND received = length AND id > ?1 ORDER BY id LIMIT ?2
