SELECT id, priority, run_at
FROM jobs
WHERE kind = ?1 AND state = 'running' AND lease_until <= ?2
ORDER BY lease_until
LIMIT 1
