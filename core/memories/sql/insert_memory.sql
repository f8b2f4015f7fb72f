INSERT INTO memories (id, space_id, contributor_id, type, title, description, tags, date_edtf, date_earliest, date_latest,
                      date_offset, date_confidence, date_source, sort_key, place_name, latitude, longitude, privacy,
                      version, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
