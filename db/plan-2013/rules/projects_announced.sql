-- 四(二): 公告公示. Projects that have money and were not made public before the work, or were finished and not made
-- public after it: days since, of the one that waits longest. The days allowed are fupin's own.
SELECT p.unit,
       max(CAST(julianday(:today) - julianday(iif(j.noticed IS NULL, j.registered, j.finished)) AS INTEGER)) AS measured,
       :threshold AS required,
       sum(iif(j.noticed IS NULL, j.granted, 0)) AS shortfall_fen,
       count(*) AS projects,
       min(j.project) AS first_project
  FROM place p
  JOIN project j ON j.unit = p.unit
 WHERE (j.noticed IS NULL AND j.granted > 0) OR (j.finished IS NOT NULL AND j.noticed_after IS NULL)
 GROUP BY p.unit
