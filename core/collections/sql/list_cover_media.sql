SELECT x.memory_id, x.id, x.thumbhash
FROM json_each(?1) wanted
JOIN media_items x ON x.memory_id = wanted.value AND x.position = 0
