SELECT MIN(t.tag), SUM(t.count) AS total
FROM json_each(?1) scopes
JOIN tag_counts t ON t.scope = scopes.value
GROUP BY t.key
HAVING SUM(t.count) > 0
ORDER BY total DESC, t.key
LIMIT ?2
