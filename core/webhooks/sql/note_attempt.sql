UPDATE webhook_deliveries
SET state = ?2, attempts = attempts + 1, status = ?3, duration_ms = ?4, answer = ?5, reason = ?6, attempted_at = ?7
WHERE id = ?1
