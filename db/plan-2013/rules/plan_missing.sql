-- 四: counties send their implementation plans by 20 April. Missing ones are counted.
SELECT p.unit,
       d.owed - d.sent AS measured,
       :threshold AS required,
       d.due,
       d.sent,
       d.owed,
       d.late
  FROM place p
  JOIN document d ON d.unit = p.unit AND d.document = 'plan'
