DELETE FROM memory_index WHERE memory_id = ?1
