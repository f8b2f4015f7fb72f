DROP TABLE invitations;
DROP TABLE space_members;
DROP TABLE spaces;
DROP TABLE session_tokens;
DROP TABLE sessions;
DROP TABLE users;
