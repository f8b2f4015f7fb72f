UPDATE outbox_cursors
SET lease_owner = ?2, lease_until = ?3
WHERE name = ?1 AND (lease_until IS NULL OR lease_until <= ?4 OR lease_owner = ?2)
RETURNING seq
