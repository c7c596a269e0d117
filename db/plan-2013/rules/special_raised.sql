-- 四(二): 力争筹措财政专项扶贫资金5.7亿元以上. The target as it stands now, or the rule's own.
SELECT p.unit,
       coalesce(sum(m.raised), 0) AS measured,
       coalesce(t.value, :threshold) AS required,
       sum(iif(m.source = 'fiscal_development', m.raised, 0)) AS fiscal_development_fen,
       sum(iif(m.source = 'work_relief', m.raised, 0)) AS work_relief_fen,
       sum(iif(m.source = 'minority_development', m.raised, 0)) AS minority_development_fen,
       sum(iif(m.source = 'provincial_special', m.raised, 0)) AS provincial_special_fen
  FROM place p
  LEFT JOIN money m ON m.unit = p.unit AND m.special
  LEFT JOIN target t ON t.unit = p.unit AND t.measure = 'fund:raised'
 GROUP BY p.unit
