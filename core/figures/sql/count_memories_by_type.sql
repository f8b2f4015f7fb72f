SELECT i.facet, COUNT(*)
FROM (SELECT DISTINCT scope FROM timeline_counts) AS s
JOIN memory_index AS i ON i.scope = s.scope
WHERE i.facet IN ('type:photo', 'type:video', 'type:audio', 'type:story', 'type:document', 'type:scan3d', 'type:panorama')
GROUP BY i.facet
