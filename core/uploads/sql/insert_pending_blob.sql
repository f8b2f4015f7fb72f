INSERT INTO pending_blobs (id, sha256, created_at, owner) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, created_at = excluded.created_at, owner = excluded.owner
