UPDATE webhook_deliveries
SET state = 'failed', reason = CASE WHEN reason IS NULL THEN ?2 ELSE reason END
WHERE webhook_id = ?1 AND state = 'pending' AND once = 0
