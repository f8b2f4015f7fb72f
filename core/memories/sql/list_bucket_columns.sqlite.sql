SELECT i.sort_key, m.id, m.type, m.title, m.date_edtf, m.date_offset, x.id, x.mime_type, x.width, x.height, x.thumbhash,
       x.duration_ms, x.state, f.memory_id, m.version
FROM memory_index i
JOIN memories m ON m.id = i.memory_id
LEFT JOIN media_items x ON x.memory_id = m.id AND x.position = 0
LEFT JOIN favourites f ON f.user_id = ?6 AND f.memory_id = m.id
WHERE i.scope = ?1 AND i.facet = '' AND i.sort_key >= ?2 AND (i.sort_key, i.memory_id) < (?3, ?4)
ORDER BY i.sort_key DESC, i.memory_id DESC
LIMIT ?5
