SELECT object, bytes FROM upload_pieces WHERE upload_id = ?1 ORDER BY position
