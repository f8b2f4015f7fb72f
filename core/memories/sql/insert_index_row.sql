INSERT INTO memory_index (scope, facet, sort_key, memory_id) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (scope, facet, sort_key, memory_id) DO NOTHING
