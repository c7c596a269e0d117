-- 三(二): 以县为基本平台，与财政专项扶贫资金投入比不低于2:1. Other money is what sector departments and social help put in.
SELECT p.unit,
       ratio(sum(iif(m.source IN ('sector', 'social'), m.put_in, 0)), sum(iif(m.special, m.put_in, 0))) AS measured,
       :threshold AS required,
       :threshold * sum(iif(m.special, m.put_in, 0)) / 100
         - sum(iif(m.source IN ('sector', 'social'), m.put_in, 0)) AS shortfall_fen,
       sum(iif(m.special, m.put_in, 0)) AS special_fen,
       sum(iif(m.source = 'sector', m.put_in, 0)) AS sector_fen,
       sum(iif(m.source = 'social', m.put_in, 0)) AS social_fen
  FROM place p
  JOIN money m ON m.unit = p.unit
 GROUP BY p.unit
