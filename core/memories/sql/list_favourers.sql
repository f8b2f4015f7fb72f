SELECT user_id FROM favourites WHERE memory_id = ?1
