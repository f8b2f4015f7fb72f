DROP TABLE idempotency_keys;
DROP TABLE settings;
DROP TABLE jobs;
DROP TABLE events;
DROP FUNCTION json_each(TEXT);
