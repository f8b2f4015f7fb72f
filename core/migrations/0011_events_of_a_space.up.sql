-- The last event of a space tells whether anything there has changed. That somebody came or went changes nothing.
CREATE INDEX events_space ON events (space_id, seq) WHERE type <> 'user.activity';
