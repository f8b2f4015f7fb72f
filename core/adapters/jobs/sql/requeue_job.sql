UPDATE jobs
SET state = 'waiting', lease_until = NULL, lease_owner = NULL, run_at = ?3, reason = ?4, attempts = attempts - ?5,
    updated_at = ?6
WHERE id = ?1 AND state = 'running' AND lease_owner = ?2
  AND NOT EXISTS (SELECT 1 FROM jobs AS twin WHERE twin.kind = jobs.kind AND twin.key = jobs.key AND twin.state = 'waiting')
RETURNING id
