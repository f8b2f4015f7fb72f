SELECT COUNT(*) FROM jobs WHERE kind = ?1 AND state = 'running' AND lease_until > ?2
