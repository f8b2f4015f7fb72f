SELECT COUNT(*) FROM webhooks WHERE space_id IS NULL
