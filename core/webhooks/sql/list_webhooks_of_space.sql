SELECT id, space_id, created_by, url, description, events, secret, enabled, disabled_reason, since_seq, failures, failing_since,
       version, created_at, updated_at
FROM webhooks
WHERE space_id = ?1
ORDER BY created_at, id
