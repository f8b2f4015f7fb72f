-- The last event of a space tells whether anything there has changed. That somebody came or went changes nothing. By the
-- negated number, as in an order by the number itself PostgreSQL would rather walk all events backwards.
CREATE INDEX events_space ON events (space_id, (-seq)) WHERE type <> 'user.activity';
