SELECT id FROM spaces WHERE created_by = ?1 AND kind = 'personal'
