SELECT user_id FROM space_members WHERE space_id = ?1 ORDER BY user_id
