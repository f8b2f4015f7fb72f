SELECT u.id, u.email, u.name, u.locale, u.theme, u.is_owner, u.created_at, u.password_hash,
       (SELECT s.id FROM spaces s WHERE s.created_by = u.id AND s.kind = 'personal')
FROM users u
WHERE u.email_key = ?1
