UPDATE jobs SET state = 'dead', reason = ?3, lease_until = NULL, lease_owner = NULL, updated_at = ?4
WHERE id = ?1 AND lease_owner = ?2 AND state = 'running'
RETURNING id
