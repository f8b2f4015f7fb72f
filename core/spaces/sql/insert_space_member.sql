INSERT INTO space_members (space_id, user_id, role, joined_at)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO NOTHING
RETURNING user_id
