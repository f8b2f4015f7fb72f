UPDATE uploads SET writer_until = ?3 WHERE id = ?1 AND writer = ?2
RETURNING id
