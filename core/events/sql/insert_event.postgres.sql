-- The lock is held until the commit, and the number is taken under it: whoever commits later has the higher one. It is
-- taken before the first row is made, as the row comes out of what waits for it. Others wait here for no longer than a
-- commit, since events are written at the end of a transaction.
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(7887602169455575043) AS taken)
INSERT INTO events (type, space_id, user_id, at, data, trace)
SELECT ?1, ?2, ?3, ?4, ?5, ?6 FROM turn
RETURNING seq
