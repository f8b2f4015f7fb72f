INSERT INTO events (type, space_id, user_id, at, data) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING seq
