-- 四(二): money spent on a project without progress of the work: how far the share that is paid of its budget runs ahead
-- of the work, at the worst project. The points allowed are fupin's own.
SELECT p.unit,
       max(0, max(percent(j.spent, j.budget) - 100 * j.percent)) AS measured,
       :threshold AS required,
       sum(max(0, j.spent - j.budget * (100 * j.percent + :threshold) / 10000)) AS shortfall_fen,
       sum(j.spent) AS spent_fen,
       sum(percent(j.spent, j.budget) - 100 * j.percent > :threshold) AS projects
  FROM place p
  JOIN project j ON j.unit = p.unit
 WHERE j.spent > 0 AND j.state IN ('planned', 'noticed', 'under_way')
 GROUP BY p.unit
