INSERT INTO uploads (id, user_id, length, received, metadata, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
