WITH RECURSIVE tree (id) AS (
  SELECT c.id FROM collections c WHERE c.id = ?1
  UNION
  SELECT c.id FROM collections c JOIN tree ON c.parent_id = tree.id
)
UPDATE collections SET trashed_at = ?2, updated_at = ?2, version = version + 1
WHERE id IN (SELECT id FROM tree) AND trashed_at IS NULL
RETURNING id
