-- Who writes is alone.
SELECT 1 LIMIT 0
