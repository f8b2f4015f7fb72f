UPDATE uploads SET writer = ?2, writer_until = ?3 WHERE id = ?1 AND (writer = '' OR writer_until < ?4)
RETURNING id
