DELETE FROM events WHERE seq < (SELECT MAX(seq) FROM events) AND at < ?1
