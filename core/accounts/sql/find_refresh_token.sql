SELECT s.id, s.user_id, t.expires_at, s.expires_at, t.used_at
FROM session_tokens t
JOIN sessions s ON s.id = t.session_id
WHERE t.hash = ?1 AND t.kind = 'refresh'
