INSERT INTO events (type, space_id, user_id, at, data, trace) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING seq
