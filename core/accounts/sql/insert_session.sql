INSERT INTO sessions (id, user_id, user_agent, address, created_at, last_used_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
