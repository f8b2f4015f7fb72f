INSERT INTO idempotency_keys (user_id, key, request_hash, status, body, etag, location, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (user_id, key) DO UPDATE
SET request_hash = excluded.request_hash, status = excluded.status, body = excluded.body, etag = excluded.etag,
    location = excluded.location, created_at = excluded.created_at
WHERE idempotency_keys.status IS NULL
RETURNING key
