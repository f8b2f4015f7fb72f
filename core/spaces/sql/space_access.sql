SELECT m.space_id, m.role, s.kind
FROM space_members m
JOIN spaces s ON s.id = m.space_id
WHERE m.space_id = ?1 AND m.user_id = ?2
