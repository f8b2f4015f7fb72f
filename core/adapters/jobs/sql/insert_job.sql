INSERT INTO jobs (id, kind, payload, priority, run_at, key, state, created_at, updated_at, trace)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', ?7, ?7, ?8)
ON CONFLICT (kind, key) WHERE state = 'waiting' AND key IS NOT NULL DO UPDATE
SET priority = CASE WHEN excluded.priority > jobs.priority THEN excluded.priority ELSE jobs.priority END,
    run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END
