UPDATE webhooks SET enabled = 0, disabled_reason = ?2, version = version + 1, updated_at = ?3 WHERE id = ?1
