INSERT INTO webhooks (id, space_id, created_by, url, description, events, secret, enabled, since_seq, version, created_at,
                      updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, 1, ?9, ?9)
