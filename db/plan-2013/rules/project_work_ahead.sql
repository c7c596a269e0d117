-- 四(二): the reverse: work that goes on and is not paid. How far the work runs ahead of the share that is paid of the
-- project's budget, at the worst project that was granted money. The points allowed are fupin's own.
SELECT p.unit,
       max(0, max(100 * j.percent - percent(j.spent, j.budget))) AS measured,
       :threshold AS required,
       sum(max(0, j.budget * (100 * j.percent - :threshold) / 10000 - j.spent)) AS shortfall_fen,
       sum(j.granted) AS granted_fen,
       sum(100 * j.percent - percent(j.spent, j.budget) > :threshold) AS projects
  FROM place p
  JOIN project j ON j.unit = p.unit
 WHERE j.granted > 0 AND j.state IN ('under_way', 'complete')
 GROUP BY p.unit
