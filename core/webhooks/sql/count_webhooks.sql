SELECT COUNT(*) FROM webhooks WHERE space_id = ?1
