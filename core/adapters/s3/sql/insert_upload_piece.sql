INSERT INTO upload_pieces (upload_id, position, bytes, object) VALUES (?1, ?2, ?3, ?4)
