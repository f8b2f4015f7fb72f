SELECT object, bytes, position FROM upload_pieces WHERE upload_id = ?1 AND position <= ?2 ORDER BY position DESC LIMIT 1
