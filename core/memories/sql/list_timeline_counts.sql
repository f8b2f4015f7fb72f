SELECT t.bucket, SUM(t.count)
FROM json_each(?1) scopes
JOIN timeline_counts t ON t.scope = scopes.value
GROUP BY t.bucket
HAVING SUM(t.count) > 0
