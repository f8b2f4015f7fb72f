-- Bytes and failures of the whole library are counted now and again; from this index alone, and not from rows that carry
-- what the camera wrote.
CREATE INDEX media_items_totals ON media_items (state, bytes);
