SELECT m.space_id, m.role, s.kind
FROM space_members m
JOIN spaces s ON s.id = m.space_id
WHERE m.user_id = ?1
ORDER BY CASE s.kind WHEN 'personal' THEN 0 ELSE 1 END, s.id
