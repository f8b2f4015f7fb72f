-- Uploads whose chunks may reach different processes: one of them writes at a time, hashes go on where another left
-- them, and bytes lie where all of them reach.
ALTER TABLE uploads ADD COLUMN hash_state TEXT NOT NULL DEFAULT '';      -- hashes as far as they have come
ALTER TABLE uploads ADD COLUMN writer TEXT NOT NULL DEFAULT '';          -- whose turn it is; '' is nobody's
ALTER TABLE uploads ADD COLUMN writer_until BIGINT NOT NULL DEFAULT 0;   -- after that it is anybody's again

-- What an upload consists of in an object store, in order of position.
CREATE TABLE upload_pieces (
  upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
  position  BIGINT NOT NULL,
  bytes     BIGINT NOT NULL,
  object    TEXT NOT NULL,
  PRIMARY KEY (upload_id, position)
);
