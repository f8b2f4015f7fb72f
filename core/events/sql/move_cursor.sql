UPDATE outbox_cursors SET seq = ?3 WHERE name = ?1 AND seq = ?2 RETURNING seq
