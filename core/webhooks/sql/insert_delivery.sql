INSERT INTO webhook_deliveries (id, webhook_id, seq, type, body, state, once, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?7)
