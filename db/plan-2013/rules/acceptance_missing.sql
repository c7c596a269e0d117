-- 四(三): 于2013年11月30日前报告验收情况. Missing ones are counted.
SELECT p.unit,
       d.owed - d.sent AS measured,
       :threshold AS required,
       d.due,
       d.sent,
       d.owed,
       d.late
  FROM place p
  JOIN document d ON d.unit = p.unit AND d.document = 'acceptance'
