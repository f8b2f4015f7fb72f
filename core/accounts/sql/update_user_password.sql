UPDATE users SET password_hash = ?1, updated_at = ?2
WHERE id = ?3 AND password_hash = ?4
RETURNING id
