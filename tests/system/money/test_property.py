"""Random histories of reports, corrections and fund entries: after every step the centre's totals equal
plain SQL sums over the journal."""
import os
import random
import unittest

import psycopg2.extras

from harness import CentreTest, entry, pb, report, submission, wait_for

SEEDS = (2013, 27, 570)
STEPS = 70
MONTHS = [201300 + month for month in range(1, 13)]
DIGITS = {pb.PROVINCE: 2, pb.PREFECTURE: 4, pb.COUNTY: 6}

FLOW = """
SELECT coalesce(sum(v), 0), count(v) FROM (
  SELECT DISTINCT ON (unit, period) unit, period, "values"[%(position)s] AS v FROM report
   WHERE form = %(form)s ORDER BY unit, period, revision DESC) c
 WHERE period BETWEEN %(first)s AND %(last)s AND left(unit::text, %(digits)s)::bigint = %(unit)s"""

STOCK = """
SELECT coalesce(sum(v), 0), count(v) FROM (
  SELECT DISTINCT ON (unit) unit, v FROM (
    SELECT DISTINCT ON (unit, period) unit, period, "values"[%(position)s] AS v FROM report
     WHERE form = %(form)s ORDER BY unit, period, revision DESC) c
   WHERE v IS NOT NULL AND period <= %(last)s ORDER BY unit, period DESC) s
 WHERE left(unit::text, %(digits)s)::bigint = %(unit)s"""

FUNDS = """
SELECT kind, source, coalesce(use, 0), length(unit::text), sum(amount_fen), sum(n) FROM (
  SELECT kind, source, use, unit, amount_fen, 1 AS n, occurred FROM fund_entry
  UNION ALL SELECT o.kind, o.source, o.use, r.unit, -r.amount_fen, 0, r.occurred FROM fund_entry r JOIN fund_entry o
   ON o.unit = r.unit AND o.voucher = r.refers WHERE r.kind = 10) e
 WHERE to_char(occurred, 'YYYYMM')::integer BETWEEN %(first)s AND %(last)s
   AND left(unit::text, %(digits)s)::bigint = %(unit)s AND length(unit::text) >= %(digits)s
 GROUP BY 1, 2, 3, 4"""

LEVEL_OF_DIGITS = {2: pb.PROVINCE, 4: pb.PREFECTURE, 6: pb.COUNTY, 9: pb.TOWNSHIP, 12: pb.VILLAGE}


class Property(CentreTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wires = {unit: cls.centre.wire(f"county-{unit}") for unit in (220122, 220112, 222403)}
        cls.province = cls.centre.wire("province")
        cls.fields = {}
        for version in cls.catalogue.versions:
            for position, field in enumerate(version.fields, 1):
                indicator = next(i for i in cls.catalogue.indicators if i.number == field.indicator)
                cls.fields[indicator.code] = (version.form, position, indicator)
        cls.villages = {unit: [u.code for u in cls.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == unit][:3]
                        for unit in cls.wires}

    def random_report(self, source, county):
        unit = source.choice([county] + self.villages[county])
        month = source.choice(MONTHS)
        revision = self.revisions.get((unit, month), 0)
        if unit > 10**11:
            steps = source.randint(0, 4)
            names = ("village_started", "village_under_way", "village_completed", "village_accepted")
            values = {name: int(place < steps) for place, name in enumerate(names)}
            values["village_people_lifted"] = source.randint(0, 300)
            values["village_one_product"] = source.choice([None, 0, 1])
            values["village_own_money"] = source.choice([None, source.randint(0, 10**9)])
        else:
            values = {"people_lifted": source.randint(0, 5000), "registered_people": source.randint(0, 9000),
                      "mutual_aid_funds": source.choice([None, source.randint(0, 10**10)]),
                      "loans_issued": source.choice([None, source.randint(0, 10**10)])}
        return (unit, month), report(self.numbers, unit, month, replaces=revision, **values)

    def random_entry(self, source, county):
        """Legal ones: what is spent, granted, received or undone is there."""
        kind = source.choice([pb.RAISED, pb.RECEIVED, pb.SPENT, pb.GRANTED, pb.REVERSED])
        unit = source.choice([county] + self.villages[county])
        fund, fen, fields = source.choice([1, 4, 5]), source.randint(1, 10**11), {}
        hand = self.hand.get((unit, fund), 0)
        self.voucher += 1
        voucher, day = f"p-{self.voucher}", source.choice(MONTHS) * 100 + source.randint(1, 28)
        if kind == pb.GRANTED:
            unit = county
            hand = self.hand.get((unit, fund), 0)
            fields["counterparty"] = source.choice(self.villages[county])
        if kind == pb.RECEIVED:
            unit = county
            sent = [entry(22, f"{voucher}{c}", kind=k, source=fund, amount_fen=fen, occurred=day, **f)
                    for c, k, f in (("r", pb.RAISED, {}), ("s", pb.SENT_DOWN, {"counterparty": county}))]
            self.assertIsInstance(self.province.submit(submission(*sent)), pb.Receipt)
            fields = {"counterparty": 22, "refers": f"{voucher}s"}
        if kind in (pb.SPENT, pb.GRANTED):
            if not hand:
                kind, fields = pb.RAISED, {}
            else:
                fen, fields["use"] = source.randint(1, hand), source.randint(1, 3)
        undone = [e for e in self.spent if e.unit == unit and e.source == fund]
        if kind == pb.REVERSED and undone:
            self.spent.remove(undone[0])
            fen, day = undone[0].amount_fen, undone[0].occurred
            fields = {"refers": undone[0].voucher.decode(), "note": "错账"}
        elif kind == pb.REVERSED:
            kind = pb.RAISED
        row = entry(unit, voucher, kind=kind, source=fund, amount_fen=fen, occurred=day, **fields)
        self.hand[unit, fund] = self.hand.get((unit, fund), 0) + (-fen if kind in (pb.SPENT, pb.GRANTED) else fen)
        if kind == pb.SPENT:
            self.spent.append(row)
        return row

    def step(self, source):
        county = source.choice(sorted(self.wires))
        rows, keys = [], []
        for _ in range(source.randint(1, 4)):
            if source.random() < 0.3:
                rows.append(self.random_entry(source, county))
                continue
            key, row = self.random_report(source, county)
            if key not in keys:
                keys.append(key)
                rows.append(row)
        reply = self.wires[county].submit(submission(*rows))
        self.assertIsInstance(reply, pb.Receipt, reply)
        for key in keys:
            self.revisions[key] = self.revisions.get(key, 0) + 1
        return reply.seq

    def compare(self, cursor, source, seq):
        first, last = sorted(source.choices(MONTHS, k=2))
        level = source.choice(sorted(DIGITS))
        names = source.sample(sorted(self.fields), 6) + ["people_lifted", "village_completed"]
        total = self.province.total(22, first, last, by=level, indicators=[self.numbers[n] for n in names], funds=True)
        self.assertEqual(total.as_of.seq, seq)
        for unit in total.units:
            place = {"unit": unit.unit, "digits": DIGITS[level], "first": first, "last": last}
            for name, value, reported in zip(names, unit.values, unit.reported):
                form, position, indicator = self.fields[name]
                cursor.execute(FLOW if indicator.kind == pb.FLOW else STOCK, dict(place, form=form, position=position))
                self.assertEqual((value, reported), tuple(map(int, cursor.fetchone())), (name, place))
            cursor.execute(FUNDS, place)
            expected = {(k, s, u, LEVEL_OF_DIGITS[d]): (int(a), n) for k, s, u, d, a, n in cursor.fetchall()}
            answered = {(f.kind, f.source, f.use, f.level): (f.amount_fen, f.entries) for f in unit.funds}
            self.assertEqual(answered, expected, place)

    def test_totals_equal_sql_after_every_step(self):
        connection = psycopg2.connect(host=os.path.join(self.centre.data, "run"), dbname="fupin",
                                      user=__import__("harness").database_user())
        connection.autocommit = True
        self.revisions, self.voucher, self.hand, self.spent = {}, 0, {}, []
        with connection.cursor() as cursor:
            for seed in SEEDS:
                source = random.Random(seed)
                for step in range(STEPS):
                    with self.subTest(seed=seed, step=step):
                        self.compare(cursor, source, self.step(source))
        connection.close()
        # The same after everything was read back from the journal.
        before = self.province.total(22, 201301, 201312, by=pb.COUNTY, funds=True)
        self.centre.verify()
        self.centre.stop()
        self.centre.start()
        again = self.centre.wire("province")
        wait_for("the centre", lambda: again.ping().store_ready)
        after = again.total(22, 201301, 201312, by=pb.COUNTY, funds=True)
        self.assertGreaterEqual(after.time_us, before.time_us)
        after.time_us = before.time_us
        self.assertEqual(after.SerializeToString(), before.SerializeToString())


if __name__ == "__main__":
    unittest.main()
