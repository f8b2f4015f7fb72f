UPDATE idempotency_keys SET status = ?3, body = ?4, etag = ?5, location = ?6 WHERE user_id = ?1 AND key = ?2
