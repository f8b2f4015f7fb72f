SELECT x.id, x.memory_id, x.mime_type, x.file_name, x.bytes, x.sha256, x.width, x.height, x.duration_ms, x.thumbhash,
       x.state, x.reason, x.metadata
FROM json_each(?1) wanted
JOIN media_items x ON x.memory_id = wanted.value
ORDER BY x.memory_id, x.position
