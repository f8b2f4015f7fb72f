-- PostgreSQL's: finds the next job and takes it, past what others take at this moment and without waiting for them.
-- Of each kind only the head of its part of an index is looked at, however many jobs wait. A job whose worker died comes
-- before what has not begun. More than 32 workers that claim at once may leave one with nothing; it looks again soon.
WITH candidates AS (
  SELECT head.id, head.turn, head.rank, head.due
  FROM json_each(?1) AS wanted (kind)
  CROSS JOIN LATERAL (
    (SELECT j.id, 0 AS turn, 0 AS rank, j.lease_until AS due
     FROM jobs j
     WHERE j.kind = wanted.kind AND j.state = 'running' AND j.lease_until <= ?2
     ORDER BY j.lease_until
     LIMIT 32)
    UNION ALL
    (SELECT j.id, 1, -j.priority, j.run_at
     FROM jobs j
     WHERE j.kind = wanted.kind AND j.state = 'waiting' AND j.run_at <= ?2
     ORDER BY j.priority DESC, j.run_at, j.id
     LIMIT 32)
  ) AS head
), next AS (
  SELECT j.id
  FROM candidates c
  JOIN jobs j ON j.id = c.id
  WHERE (j.state = 'waiting' AND j.run_at <= ?2) OR (j.state = 'running' AND j.lease_until <= ?2)
  ORDER BY c.turn, c.rank, c.due, c.id
  LIMIT 1
  FOR UPDATE OF j SKIP LOCKED
)
UPDATE jobs
SET state = 'running', attempts = jobs.attempts + 1, lease_until = ?3, lease_owner = ?4, updated_at = ?2
FROM next
WHERE jobs.id = next.id
RETURNING jobs.id, jobs.kind, jobs.payload, jobs.attempts, jobs.lease_until, jobs.lease_owner, jobs.trace
