DROP INDEX media_items_totals;
