-- 三(二): 优先扶持建档立卡扶贫对象. Registered poor households that are supported, of those there are. The notice names
-- no share: it is fupin's own.
SELECT p.unit,
       percent(coalesce(s.value, 0), r.value) AS measured,
       :threshold AS required,
       coalesce(s.value, 0) AS supported,
       r.value AS registered
  FROM place p
  JOIN figure r ON r.unit = p.unit AND r.indicator = 'village_registered_households'
  LEFT JOIN figure s ON s.unit = p.unit AND s.indicator = 'village_registered_supported'
