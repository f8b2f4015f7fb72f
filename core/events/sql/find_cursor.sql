SELECT seq FROM outbox_cursors WHERE name = ?1
