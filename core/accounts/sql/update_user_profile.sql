UPDATE users SET email = ?1, email_key = ?2, name = ?3, locale = ?4, theme = ?5, updated_at = ?6
WHERE id = ?7
