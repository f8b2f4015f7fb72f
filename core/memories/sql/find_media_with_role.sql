-- Columns as of find_media, then what decides whether the reader may have the file; a stranger has no role.
SELECT x.memory_id, x.mime_type, x.file_name, x.bytes, x.sha256, m.contributor_id, m.privacy, r.role
FROM media_items x
JOIN memories m ON m.id = x.memory_id
LEFT JOIN space_members r ON r.user_id = ?1 AND r.space_id = m.space_id
WHERE x.id = ?2
