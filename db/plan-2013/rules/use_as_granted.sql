-- 四(二): 挪用. A village spends a grant for what it was granted for: what goes beyond, source by source and use by use.
SELECT p.unit,
       sum(max(s.spent - s.granted, 0)) AS measured,
       :threshold AS required,
       sum(s.granted) AS granted_fen,
       sum(s.spent) AS spent_fen
  FROM place p
  JOIN below b ON b.unit = p.unit AND b.level = 'village'
  JOIN spending s ON s.unit = b.below
 WHERE s.special
 GROUP BY p.unit
HAVING sum(s.spent) > 0
