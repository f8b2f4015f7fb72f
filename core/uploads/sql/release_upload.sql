UPDATE uploads SET writer = '', writer_until = 0 WHERE id = ?1 AND writer = ?2
