-- A village spent special money, and has not reported that its advance is under way (已实施): days since the first
-- spending. The days allowed are fupin's own.
SELECT p.unit,
       iif(coalesce(f.value, 0) > 0, 0, CAST(julianday(:today) - julianday(min(s.spent_first)) AS INTEGER)) AS measured,
       :threshold AS required,
       iif(coalesce(f.value, 0) > 0, 0, sum(s.spent)) AS shortfall_fen,
       min(s.spent_first) AS first_spent
  FROM place p
  JOIN spending s ON s.unit = p.unit
  LEFT JOIN figure f ON f.unit = p.unit AND f.indicator = 'village_under_way'
 WHERE s.special
 GROUP BY p.unit
HAVING sum(s.spent) > 0
