DELETE FROM pending_blobs WHERE id = ?1
RETURNING id
