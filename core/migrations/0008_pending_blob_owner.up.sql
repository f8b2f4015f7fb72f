-- Which installation of the program expects the content: where several share a database, each takes back only its own
-- at its start.
ALTER TABLE pending_blobs ADD COLUMN owner TEXT NOT NULL DEFAULT '';
