UPDATE sessions SET last_used_at = ?1
WHERE id = ?2 AND last_used_at <= ?3
