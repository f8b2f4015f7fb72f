SELECT m.id, m.space_id, m.contributor_id, u.name, m.type, m.title, m.description, m.tags, m.date_edtf, m.date_earliest,
       m.date_latest, m.date_offset, m.date_confidence, m.date_source, m.sort_key, m.place_name, m.latitude, m.longitude,
       m.privacy, m.version, m.created_at, m.updated_at, m.trashed_at, f.memory_id
FROM json_each(?1) wanted
JOIN memories m ON m.id = wanted.value
JOIN users u ON u.id = m.contributor_id
LEFT JOIN favourites f ON f.user_id = ?2 AND f.memory_id = m.id
