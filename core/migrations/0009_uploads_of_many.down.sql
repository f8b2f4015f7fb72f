DROP TABLE upload_pieces;
ALTER TABLE uploads DROP COLUMN writer_until;
ALTER TABLE uploads DROP COLUMN writer;
ALTER TABLE uploads DROP COLUMN hash_state;
