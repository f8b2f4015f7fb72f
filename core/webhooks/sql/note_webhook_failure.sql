UPDATE webhooks
SET failures = failures + 1, failing_since = CASE WHEN failing_since IS NULL THEN ?2 ELSE failing_since END
WHERE id = ?1
RETURNING failures, failing_since
