DELETE FROM memory_index WHERE scope = ?1 AND facet = ?2 AND sort_key = ?3 AND memory_id = ?4
