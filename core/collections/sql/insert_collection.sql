INSERT INTO collections (id, space_id, parent_id, title, description, position, created_by, version, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8)
