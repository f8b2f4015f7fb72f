UPDATE webhooks
SET url = ?3, description = ?4, events = ?5, enabled = ?6, disabled_reason = ?7, since_seq = ?8, failures = ?9,
    failing_since = ?10, version = version + 1, updated_at = ?11
WHERE id = ?1 AND version = ?2
RETURNING version
