-- 三(二): the same of a county, a prefecture, the province, where less is a violation.
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
