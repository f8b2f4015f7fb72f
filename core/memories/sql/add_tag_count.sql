INSERT INTO tag_counts (scope, key, tag, count) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (scope, key) DO UPDATE SET count = tag_counts.count + excluded.count, tag = excluded.tag
