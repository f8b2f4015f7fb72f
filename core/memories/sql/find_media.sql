SELECT x.id, x.memory_id, x.mime_type, x.file_name, x.bytes, x.sha256, x.width, x.height, x.state, m.space_id,
       m.contributor_id, m.privacy, m.trashed_at, x.created_at
FROM media_items x
JOIN memories m ON m.id = x.memory_id
WHERE x.id = ?1
