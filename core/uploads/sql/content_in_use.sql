SELECT 1 FROM media_items WHERE sha256 = ?1
UNION ALL
SELECT 1 FROM pending_blobs WHERE sha256 = ?1 AND id <> ?2
LIMIT 1
