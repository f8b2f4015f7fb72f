SELECT x.sha256, x.memory_id, m.trashed_at
FROM json_each(?2) wanted
CROSS JOIN json_each(?1) scopes
JOIN media_items x ON x.scope = scopes.value AND x.sha256 = wanted.value
JOIN memories m ON m.id = x.memory_id
