UPDATE jobs
SET state = 'waiting', attempts = 0, run_at = ?2, updated_at = ?2
WHERE id = ?1 AND state = 'dead'
  AND NOT EXISTS (SELECT 1 FROM jobs AS twin WHERE twin.kind = jobs.kind AND twin.key = jobs.key AND twin.state = 'waiting')
RETURNING id
