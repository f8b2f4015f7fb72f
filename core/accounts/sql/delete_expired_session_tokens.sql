DELETE FROM session_tokens
WHERE hash IN (SELECT t.hash FROM session_tokens t WHERE t.expires_at <= ?1 LIMIT ?2)
RETURNING hash
