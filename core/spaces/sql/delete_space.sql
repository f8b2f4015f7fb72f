DELETE FROM spaces WHERE id = ?1
