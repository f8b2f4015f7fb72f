SELECT i.id, i.space_id, s.title, i.role, i.note, i.created_by, u.name, i.created_at, i.expires_at, i.used_at
FROM invitations i
JOIN users u ON u.id = i.created_by
LEFT JOIN spaces s ON s.id = i.space_id
WHERE i.created_by = ?1
   OR i.space_id IN (SELECT m.space_id FROM space_members m WHERE m.user_id = ?1 AND m.role = 'owner')
ORDER BY i.created_at DESC, i.id DESC
LIMIT 200
