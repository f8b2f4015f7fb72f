SELECT x.sha256, x.memory_id, x.id, m.trashed_at
FROM json_each(?1) scopes
JOIN media_items x ON x.scope = scopes.value
JOIN memories m ON m.id = x.memory_id
WHERE x.sha256 = ?2
LIMIT 1
