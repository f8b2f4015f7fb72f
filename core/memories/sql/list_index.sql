SELECT sort_key, memory_id
FROM memory_index
WHERE scope = ?1 AND facet = ?2 AND (sort_key, memory_id) < (?3, ?4)
ORDER BY sort_key DESC, memory_id DESC
LIMIT ?5
