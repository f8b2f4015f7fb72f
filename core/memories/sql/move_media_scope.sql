UPDATE media_items SET scope = ?2 WHERE memory_id = ?1
