SELECT count(*) FROM space_members m JOIN spaces s ON s.id = m.space_id WHERE m.user_id = ?1 AND s.kind = 'family'
