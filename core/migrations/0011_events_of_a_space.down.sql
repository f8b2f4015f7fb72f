DROP INDEX events_space;
