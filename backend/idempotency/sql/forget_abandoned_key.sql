DELETE FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND status IS NULL AND created_at < ?3
