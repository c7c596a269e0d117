-- 三(二): 补助到村的财政专项扶贫资金用于产业开发项目不得低于70%.
SELECT p.unit,
       percent(sum(iif(s.use = 'industry', s.granted, 0)), sum(s.granted)) AS measured,
       :threshold AS required,
       (:threshold * sum(s.granted) + 9999) / 10000 - sum(iif(s.use = 'industry', s.granted, 0)) AS shortfall_fen,
       sum(iif(s.use = 'industry', s.granted, 0)) AS industry_fen,
       sum(s.granted) AS granted_fen
  FROM place p
  JOIN spending s ON s.unit = p.unit
 WHERE s.special
 GROUP BY p.unit
