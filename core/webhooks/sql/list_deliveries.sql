SELECT id, webhook_id, seq, type, body, state, once, attempts, status, duration_ms, answer, reason, created_at, attempted_at
FROM webhook_deliveries
WHERE webhook_id = ?1 AND (created_at, id) < (?2, ?3)
ORDER BY created_at DESC, id DESC
LIMIT ?4
