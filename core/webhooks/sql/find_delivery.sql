SELECT id, webhook_id, seq, type, body, state, once, attempts, status, duration_ms, answer, reason, created_at, attempted_at
FROM webhook_deliveries
WHERE id = ?1 AND webhook_id = ?2
