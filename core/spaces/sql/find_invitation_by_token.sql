SELECT i.id, i.space_id, s.title, i.role, i.note, i.created_by, u.name, i.created_at, i.expires_at, i.used_at
FROM invitations i
JOIN users u ON u.id = i.created_by
LEFT JOIN spaces s ON s.id = i.space_id
WHERE i.token_hash = ?1
