UPDATE uploads SET received = ?3, expires_at = ?4, hash_state = ?5 WHERE id = ?1 AND writer = ?2
RETURNING id
