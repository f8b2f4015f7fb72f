UPDATE session_tokens SET used_at = ?1
WHERE hash = ?2 AND used_at IS NULL
RETURNING session_id
