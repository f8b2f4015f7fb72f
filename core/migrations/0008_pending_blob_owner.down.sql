ALTER TABLE pending_blobs DROP COLUMN owner;
