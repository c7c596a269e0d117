-- 四(二): 利用贴息资金引导扶贫贴息贷款2.5亿元. Reported by counties; beside it what the ledger has as drawn.
SELECT p.unit,
       coalesce(f.value, 0) AS measured,
       coalesce(t.value, :threshold) AS required,
       (SELECT sum(m.raised) FROM money m WHERE m.unit = p.unit AND m.loan) AS drawn_fen,
       (SELECT sum(m.repaid) FROM money m WHERE m.unit = p.unit AND m.loan) AS repaid_fen
  FROM place p
  LEFT JOIN figure f ON f.unit = p.unit AND f.indicator = 'loans_issued'
  LEFT JOIN target t ON t.unit = p.unit AND t.measure = 'loans_issued'
