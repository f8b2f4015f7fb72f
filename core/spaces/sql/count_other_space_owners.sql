SELECT count(*) FROM space_members WHERE space_id = ?1 AND role = 'owner' AND user_id <> ?2
