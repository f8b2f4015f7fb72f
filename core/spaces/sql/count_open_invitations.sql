SELECT count(*) FROM invitations WHERE created_by = ?1 AND used_at IS NULL AND expires_at > ?2
