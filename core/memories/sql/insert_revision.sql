INSERT INTO revisions (memory_id, version, kind, author_id, at, changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
