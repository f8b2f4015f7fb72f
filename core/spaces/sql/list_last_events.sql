-- Of each space of a reader, and of what concerns everybody: the last event; where it is forgotten, how far the memory
-- of events goes back. Activity is left out as in the index.
SELECT wanted.space_id, wanted.role,
       COALESCE((SELECT e.seq || '@' || e.at FROM events e
                 WHERE e.space_id = wanted.space_id AND e.type <> 'user.activity'
                 ORDER BY -e.seq LIMIT 1),
                (SELECT 'before ' || MIN(e.seq) FROM events e), '')
FROM (SELECT space_id, role FROM space_members WHERE user_id = ?1
      UNION ALL
      SELECT 'everyone', '') wanted
ORDER BY wanted.space_id
