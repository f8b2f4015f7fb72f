DELETE FROM favourites WHERE user_id = ?1 AND memory_id = ?2 RETURNING memory_id
