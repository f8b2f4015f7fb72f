INSERT INTO favourites (user_id, memory_id, created_at) VALUES (?1, ?2, ?3)
ON CONFLICT (user_id, memory_id) DO NOTHING
RETURNING memory_id
