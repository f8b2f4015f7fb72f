-- Columns and rows as of find_memories, then the reader's role in the memory's space; a stranger has none.
SELECT m.id, m.space_id, m.contributor_id, u.name, m.type, m.title, m.description, m.tags, m.date_edtf, m.date_earliest,
       m.date_latest, m.date_offset, m.date_confidence, m.date_source, m.sort_key, m.place_name, m.latitude, m.longitude,
       m.privacy, m.version, m.created_at, m.updated_at, m.trashed_at, f.memory_id,
       (SELECT string_agg(cm.added_at || ':' || c.id, ',')
        FROM collection_memories cm
        JOIN collections c ON c.id = cm.collection_id AND c.trashed_at IS NULL
        WHERE cm.memory_id = m.id),
       x.id, x.position, x.mime_type, x.file_name, x.bytes, x.sha256, x.width, x.height, x.duration_ms, x.thumbhash,
       x.state, x.reason, x.metadata, r.role
FROM memories m
JOIN users u ON u.id = m.contributor_id
LEFT JOIN space_members r ON r.user_id = ?1 AND r.space_id = m.space_id
LEFT JOIN favourites f ON f.user_id = ?1 AND f.memory_id = m.id
LEFT JOIN media_items x ON x.memory_id = m.id
WHERE m.id = ?2
