UPDATE media_items SET state = ?2, reason = ?3 WHERE id = ?1
