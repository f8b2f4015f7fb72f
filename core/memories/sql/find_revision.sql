SELECT version, kind, changes FROM revisions WHERE memory_id = ?1 AND version = ?2
