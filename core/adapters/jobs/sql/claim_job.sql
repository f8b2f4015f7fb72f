UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = ?2, lease_owner = ?3, updated_at = ?4
WHERE id = ?1
RETURNING id, kind, payload, attempts, lease_until, lease_owner, trace
