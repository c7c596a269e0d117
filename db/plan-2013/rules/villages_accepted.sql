-- 四(三): 组织验收. Villages accepted, of those that have completed the step forward.
SELECT p.unit,
       percent(coalesce(a.value, 0), c.value) AS measured,
       :threshold AS required,
       coalesce(a.value, 0) AS accepted,
       c.value AS completed
  FROM place p
  JOIN figure c ON c.unit = p.unit AND c.indicator = 'village_completed'
  LEFT JOIN figure a ON a.unit = p.unit AND a.indicator = 'village_accepted'
