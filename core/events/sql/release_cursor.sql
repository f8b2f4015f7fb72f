UPDATE outbox_cursors SET lease_owner = NULL, lease_until = NULL WHERE name = ?1 AND lease_owner = ?2
