SELECT id FROM memories WHERE trashed_at IS NOT NULL AND trashed_at < ?1 ORDER BY trashed_at LIMIT ?2
