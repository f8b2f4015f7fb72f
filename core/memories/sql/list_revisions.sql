SELECT r.version, r.kind, r.author_id, u.name, r.at, r.changes
FROM revisions r
JOIN users u ON u.id = r.author_id
WHERE r.memory_id = ?1 AND r.version < ?2
ORDER BY r.version DESC
LIMIT ?3
