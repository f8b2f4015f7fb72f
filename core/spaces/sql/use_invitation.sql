UPDATE invitations SET used_by = ?1, used_at = ?2
WHERE id = ?3 AND used_at IS NULL AND expires_at > ?2
RETURNING id
