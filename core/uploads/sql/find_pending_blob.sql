SELECT sha256 FROM pending_blobs WHERE id = ?1
