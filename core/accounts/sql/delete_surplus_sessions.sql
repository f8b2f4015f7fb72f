DELETE FROM sessions
WHERE id IN (SELECT s.id FROM sessions s WHERE s.user_id = ?1
             ORDER BY s.last_used_at DESC, s.id DESC
             LIMIT 1000 OFFSET ?2)
RETURNING id
