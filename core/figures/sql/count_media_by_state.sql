SELECT state, COUNT(*), CAST(SUM(bytes) AS BIGINT) FROM media_items GROUP BY state
