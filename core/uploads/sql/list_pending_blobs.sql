SELECT id, sha256 FROM pending_blobs WHERE id > ?1 AND (owner = ?2 OR created_at < ?3) ORDER BY id LIMIT ?4
