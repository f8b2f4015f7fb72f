UPDATE webhook_deliveries SET state = 'pending', once = 1 WHERE id = ?1 AND webhook_id = ?2 AND state <> 'pending' RETURNING id
