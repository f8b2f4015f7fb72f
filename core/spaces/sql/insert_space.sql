INSERT INTO spaces (id, kind, title, created_by, version, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)
