SELECT u.id, u.name, u.email, m.role, m.joined_at
FROM space_members m
JOIN users u ON u.id = m.user_id
WHERE m.space_id = ?1 AND m.user_id = ?2
