SELECT COUNT(DISTINCT user_id) FROM sessions WHERE last_used_at >= ?1
