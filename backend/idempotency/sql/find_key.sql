SELECT request_hash, status, body, etag, location FROM idempotency_keys WHERE user_id = ?1 AND key = ?2
