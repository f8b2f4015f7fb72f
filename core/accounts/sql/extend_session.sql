UPDATE sessions SET last_used_at = ?1, expires_at = ?2, user_agent = ?3, address = ?4
WHERE id = ?5
