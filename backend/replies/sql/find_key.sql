SELECT request_hash, status, body, etag, location, created_at FROM idempotency_keys WHERE user_id = ?1 AND key = ?2
