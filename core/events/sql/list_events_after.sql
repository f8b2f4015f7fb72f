SELECT seq, type, space_id, user_id, at, data, trace FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2
