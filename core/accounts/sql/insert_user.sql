INSERT INTO users (id, email, email_key, name, password_hash, is_owner, locale, theme, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'system', ?8, ?8)
ON CONFLICT DO NOTHING
RETURNING id
