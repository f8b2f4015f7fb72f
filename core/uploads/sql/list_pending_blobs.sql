SELECT id, sha256 FROM pending_blobs WHERE id > ?1 ORDER BY id LIMIT ?2
