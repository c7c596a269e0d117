-- 四(二): 截留. Special money on a county's or prefecture's own hand, or sent and not confirmed, for more than
-- :threshold days. The notice names no number of days: it is fupin's own.
SELECT p.unit,
       max(k.days) AS measured,
       :threshold AS required,
       sum(iif(k.days > :threshold, k.amount, 0)) AS shortfall_fen,
       sum(iif(k.state = 'on_hand', k.amount, 0)) AS on_hand_fen,
       sum(iif(k.state = 'in_transit', k.amount, 0)) AS in_transit_fen
  FROM place p
  JOIN kept k ON k.unit = p.unit
 WHERE k.special
 GROUP BY p.unit
