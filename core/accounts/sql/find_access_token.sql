SELECT u.id, s.id, u.is_owner, u.locale, t.expires_at, s.expires_at, s.last_used_at
FROM session_tokens t
JOIN sessions s ON s.id = t.session_id
JOIN users u ON u.id = s.user_id
WHERE t.hash = ?1 AND t.kind = 'access'
