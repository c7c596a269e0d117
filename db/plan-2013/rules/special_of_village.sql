-- 三(二): each started village's own share. The notice asks for an average: less is a warning, no violation.
SELECT p.unit,
       coalesce(sum(m.granted), 0) AS measured,
       :threshold AS required,
       coalesce(sum(m.spent), 0) AS spent_fen
  FROM place p
  JOIN figure f ON f.unit = p.unit AND f.indicator = 'village_started' AND f.value > 0
  LEFT JOIN money m ON m.unit = p.unit AND m.special
 GROUP BY p.unit
