UPDATE memories
SET type = ?2, title = ?3, description = ?4, tags = ?5, date_edtf = ?6, date_earliest = ?7, date_latest = ?8,
    date_offset = ?9, date_confidence = ?10, date_source = ?11, sort_key = ?12, place_name = ?13, latitude = ?14,
    longitude = ?15, privacy = ?16, version = ?17, updated_at = ?18, trashed_at = ?19
WHERE id = ?1
