SELECT COUNT(*) FROM media_items WHERE scope = ?1 AND state = 'pending'
