UPDATE uploads SET received = length, memory_id = ?2, media_id = ?3, duplicate = ?4, expires_at = ?5 WHERE id = ?1
