INSERT INTO session_tokens (hash, session_id, kind, created_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5)
