-- Of one space, or with NULL of all that the reader is in.
SELECT t.bucket, SUM(t.count)
FROM space_members s
JOIN timeline_counts t ON t.scope IN (s.space_id, s.space_id || ':' || ?1)
WHERE s.user_id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR s.space_id = ?2)
GROUP BY t.bucket
HAVING SUM(t.count) > 0
