DELETE FROM collections WHERE trashed_at IS NOT NULL AND trashed_at < ?1
