UPDATE space_members SET role = ?1 WHERE space_id = ?2 AND user_id = ?3
