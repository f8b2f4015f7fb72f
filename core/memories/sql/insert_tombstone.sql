INSERT INTO tombstones (space_id, sha256, purged_at) VALUES (?1, ?2, ?3)
ON CONFLICT (space_id, sha256) DO UPDATE SET purged_at = excluded.purged_at
