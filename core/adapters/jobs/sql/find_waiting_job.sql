SELECT id, priority, run_at
FROM jobs
WHERE kind = ?1 AND state = 'waiting' AND run_at <= ?2
ORDER BY priority DESC, run_at, id
LIMIT 1
