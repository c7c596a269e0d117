-- 四(二): 严格执行公告公示制度. A village with a grant of special money has announced it within 30 days of the first.
SELECT p.unit,
       coalesce(f.value, 0) AS measured,
       :threshold AS required,
       date(min(s.granted_first), '+30 days') AS due,
       sum(s.granted) AS granted_fen
  FROM place p
  JOIN spending s ON s.unit = p.unit
  LEFT JOIN figure f ON f.unit = p.unit AND f.indicator = 'village_public_notices'
 WHERE s.special
 GROUP BY p.unit
HAVING sum(s.granted) > 0
