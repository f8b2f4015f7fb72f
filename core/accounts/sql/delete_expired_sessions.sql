DELETE FROM sessions
WHERE id IN (SELECT s.id FROM sessions s WHERE s.expires_at <= ?1 LIMIT ?2)
RETURNING id, user_id
