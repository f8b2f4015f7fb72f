DELETE FROM collections WHERE space_id = ?1
