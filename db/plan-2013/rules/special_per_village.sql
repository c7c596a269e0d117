-- 三(二): 平均每村当年投入财政专项扶贫资金100万元. What was granted to villages, by the villages that have started.
SELECT p.unit,
       coalesce(sum(m.granted), 0) / f.value AS measured,
       :threshold AS required,
       :threshold * f.value - coalesce(sum(m.granted), 0) AS shortfall_fen,
       coalesce(sum(m.granted), 0) AS granted_fen,
       f.value AS villages_started
  FROM place p
  JOIN figure f ON f.unit = p.unit AND f.indicator = 'village_started' AND f.value > 0
  LEFT JOIN money m ON m.unit = p.unit AND m.special
 GROUP BY p.unit
