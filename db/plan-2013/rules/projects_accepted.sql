-- 四(三): 2011年以来的建设项目验收, 2013年11月30日前报省. Projects whose day has passed and that are not accepted.
SELECT p.unit,
       sum(j.overdue) AS measured,
       :threshold AS required,
       sum(iif(j.overdue, j.granted, 0)) AS shortfall_fen,
       count(j.due) AS projects_with_a_day,
       min(j.due) AS first_day
  FROM place p
  JOIN project j ON j.unit = p.unit
 WHERE j.due IS NOT NULL
 GROUP BY p.unit
