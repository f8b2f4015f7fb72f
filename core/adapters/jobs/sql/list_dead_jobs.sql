SELECT id, kind, payload, reason, attempts, created_at, updated_at
FROM jobs
WHERE state = 'dead' AND (updated_at, id) < (?1, ?2)
ORDER BY updated_at DESC, id DESC
LIMIT ?3
