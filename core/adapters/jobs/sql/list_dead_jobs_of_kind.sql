SELECT id FROM jobs WHERE state = 'dead' AND kind = ?1 AND updated_at <= ?2 ORDER BY updated_at, id LIMIT ?3
