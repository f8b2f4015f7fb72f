-- Which request caused a job or an event: its W3C traceparent, for log lines and traces. Empty where nothing did.
ALTER TABLE jobs ADD COLUMN trace TEXT;
ALTER TABLE events ADD COLUMN trace TEXT;
