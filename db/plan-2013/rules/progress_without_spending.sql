-- A village reports that it has completed the step forward (已完成跃升), and has spent little of the special money
-- granted to it. The share is fupin's own.
SELECT p.unit,
       percent(sum(s.spent), sum(s.granted)) AS measured,
       :threshold AS required,
       (:threshold * sum(s.granted) + 9999) / 10000 - sum(s.spent) AS shortfall_fen,
       sum(s.granted) AS granted_fen,
       sum(s.spent) AS spent_fen
  FROM place p
  JOIN figure f ON f.unit = p.unit AND f.indicator = 'village_completed' AND f.value > 0
  JOIN spending s ON s.unit = p.unit
 WHERE s.special
 GROUP BY p.unit
HAVING sum(s.granted) > 0
