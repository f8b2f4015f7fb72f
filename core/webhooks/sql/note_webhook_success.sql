UPDATE webhooks SET failures = 0, failing_since = NULL WHERE id = ?1 AND failures > 0
