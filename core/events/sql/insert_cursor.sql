INSERT INTO outbox_cursors (name, seq) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING
