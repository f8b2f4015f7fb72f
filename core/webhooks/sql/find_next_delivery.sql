SELECT id, webhook_id, seq, type, body, state, once, attempts, status, duration_ms, answer, reason, created_at, attempted_at,
  (SELECT trace FROM events WHERE events.seq = webhook_deliveries.seq)
FROM webhook_deliveries
WHERE webhook_id = ?1 AND state = 'pending'
ORDER BY seq, id
LIMIT 1
