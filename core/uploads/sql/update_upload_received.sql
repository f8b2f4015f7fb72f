UPDATE uploads SET received = ?2, expires_at = ?3 WHERE id = ?1
