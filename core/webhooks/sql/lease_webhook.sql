UPDATE webhooks
SET lease_owner = ?2, lease_until = ?3
WHERE id = ?1 AND (lease_until IS NULL OR lease_until <= ?4 OR lease_owner = ?2)
RETURNING id
