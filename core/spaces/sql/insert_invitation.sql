INSERT INTO invitations (id, token_hash, space_id, role, note, created_by, created_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
