-- 四(二): 挤占、挪用. Money spent for what its source may not be put to. Entries are checked when they are sent, so
-- this finds what was booked before a plan forbade it.
SELECT p.unit,
       sum(iif(s.permitted, 0, s.spent)) AS measured,
       :threshold AS required,
       sum(s.spent) AS spent_fen
  FROM place p
  JOIN spending s ON s.unit = p.unit
 GROUP BY p.unit
HAVING sum(s.spent) > 0
