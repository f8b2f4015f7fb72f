SELECT s.id, s.kind, s.title, m.role,
       (SELECT count(*) FROM space_members x WHERE x.space_id = s.id),
       (SELECT CAST(coalesce(sum(c.count), 0) AS BIGINT) FROM timeline_counts c
        WHERE c.scope IN (s.id, s.id || ':' || ?1)),
       s.version, s.created_at
FROM space_members m
JOIN spaces s ON s.id = m.space_id
WHERE m.user_id = ?1 AND m.space_id = ?2
