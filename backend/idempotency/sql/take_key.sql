INSERT INTO idempotency_keys (user_id, key, request_hash, created_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (user_id, key) DO NOTHING
RETURNING key
