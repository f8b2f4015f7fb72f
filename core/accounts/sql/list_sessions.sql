SELECT id, user_agent, address, created_at, last_used_at
FROM sessions
WHERE user_id = ?1 AND expires_at > ?2
ORDER BY last_used_at DESC, id DESC
LIMIT 200
