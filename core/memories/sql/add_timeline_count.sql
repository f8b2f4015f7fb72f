INSERT INTO timeline_counts (scope, bucket, count) VALUES (?1, ?2, ?3)
ON CONFLICT (scope, bucket) DO UPDATE SET count = timeline_counts.count + excluded.count
