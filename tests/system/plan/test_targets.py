"""Targets: handed down level by level, never short of the whole; pace and forecast against figures of the test's own."""
import json
import os
import unittest
from fractions import Fraction

from harness import Centre, CentreTest, china, copy_plan, edit_csv, entry, new_directory, report, submission
from wire import codes
import fupin_pb2 as pb

OFFICES = ("province", "admin", "prefecture-2201", "prefecture-2202", "county-220122", "county-220112")
COUNTY, TOWNSHIP, VILLAGE = 220122, 220122101, 220122101901


def rounded(value):
    """To the nearest whole, halves up."""
    return (2 * value + 1).__floor__() // 2


class TargetTest(CentreTest):
    clock = "2013-02-03T09:00"

    @classmethod
    def setUpClass(cls):
        plan = copy_plan(os.path.join(new_directory(), "plan"), deadlines=True)
        with open(os.path.join(plan, "profiles.csv"), "w", encoding="utf-8") as file:
            file.write("measure,month,share\n")
            for month, share in enumerate((0, 0, 5, 10, 20, 30.5, 40, 50, 70, 80, 90, 100), 1):
                file.write(f"loans_issued,{month},{share}\n")
        cls.options = {"offices": OFFICES, "plan": plan, "options": ("--clock", cls.clock)}
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.prefectures = [u.code for u in cls.catalogue.units if u.level == pb.PREFECTURE]

    def part(self, unit, value, measure="people_lifted", year=2013, replaces=0, note=""):
        indicator = self.numbers.get(measure, 0)
        return pb.TargetPart(unit=unit, year=year, indicator=indicator, fund=0 if indicator else pb.RAISED, value=value,
                             replaces=replaces, note=note.encode())

    def set(self, by, *parts):
        return self.wires[by].submit(submission(*parts))

    def targets(self, unit, by="province", year=2013, **fields):
        reply = self.wires[by].ask(pb.Request(targets=pb.TargetQuery(unit=unit, year=year, **fields)))
        return {(t.unit, t.target.indicator): t.target for t in reply.targets.targets}

    def assert_ok(self, reply):
        self.assertIsInstance(reply, pb.Receipt, reply)
        return reply

    def assert_refused(self, reply, *expected):
        self.assertIsInstance(reply, pb.Refusal)
        self.assertEqual(codes(reply), list(expected))
        return reply


class Breakdown(TargetTest):
    def test_a_down_to_the_village(self):
        people = self.numbers["people_lifted"]
        # One short of the whole, with what is missing; nothing is stored.
        short = [self.part(unit, 30000) for unit in self.prefectures[:-1]] + [self.part(self.prefectures[-1], 29999)]
        refused = self.assert_refused(self.set("province", *short), "TARGET_SHORT")
        problem = refused.problems[0]
        self.assertEqual((problem.limit, problem.actual, problem.detail, problem.subject), (300000, 299999, "1", pb.TARGET))
        self.assertIn("the parts reach 299,999 of 300,000: 1 missing", problem.text)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM target_part"), [(0,)])
        # Exactly the whole.
        short[-1].value = 30000
        before = self.assert_ok(self.set("province", *short)).seq
        self.assertEqual((self.targets(22)[22, people].parts, self.targets(22)[22, people].part_count), (300000, 10))
        # More than it; over-fulfilment is shown.
        self.assert_ok(self.set("province", self.part(2201, 50000, replaces=1)))
        self.assertEqual(self.targets(22)[22, people].parts, 320000)
        # Less: refused again, as all others stay.
        self.assert_refused(self.set("province", self.part(2201, 29999, replaces=2)), "TARGET_SHORT")
        # The prefecture hands its 50,000 down, the county its own, the township its own.
        counties = [u.code for u in self.catalogue.units if u.code // 100 == 2201]
        self.assert_refused(self.set("prefecture-2201", self.part(COUNTY, 49999)), "TARGET_SHORT")
        self.assert_ok(self.set("prefecture-2201", *[self.part(c, 5000) for c in counties]))
        townships = [u.code for u in self.catalogue.units if u.code // 1000 == COUNTY]
        self.assert_refused(self.set("county-220122", self.part(VILLAGE, 1)), "TARGET_WHOLE_MISSING")
        self.assert_ok(self.set("county-220122", *[self.part(t, 5000) for t in townships]))
        self.assert_ok(self.set("county-220122", self.part(VILLAGE, 5000)))
        self.assertEqual(self.targets(TOWNSHIP, by="county-220122")[VILLAGE, people].value, 5000)
        # In one submission: a whole and its parts.
        self.assert_ok(self.set("county-220122", self.part(TOWNSHIP, 6000, replaces=1), self.part(VILLAGE, 6000, replaces=1)))
        # As it was known: before the second change the sum was another one.
        self.assertEqual(self.targets(22, as_of=pb.AsOf(seq=before))[22, people].parts, 300000)
        self.assertNotIn((2201, people), self.targets(22, as_of=pb.AsOf(seq=before - 1)) if before > 1 else {})

    def test_b_a_whole_that_is_raised_shows_that_its_parts_are_short(self):
        people = self.numbers["people_lifted"]
        self.assert_ok(self.set("province", self.part(22, 400000)))
        value = self.targets(22)[22, people]
        self.assertEqual((value.value, value.revision, value.parts), (400000, 1, 320000))
        self.assert_ok(self.set("province", self.part(22, 300000, replaces=1)))

    def test_c_restart(self):
        before = self.targets(22), self.targets(2201), self.targets(COUNTY, by="county-220122")
        self.centre.stop()
        self.centre.start()
        type(self).wires = {name: self.centre.wire(name) for name in OFFICES}
        self.assertEqual((self.targets(22), self.targets(2201), self.targets(COUNTY, by="county-220122")), before)

    def test_who(self):
        cases = [
            ("admin", self.part(22, 1), "NOT_PERMITTED"),
            ("province", self.part(COUNTY, 1), "UNIT_OUT_OF_SCOPE"),      # two levels down
            ("prefecture-2201", self.part(2201, 1), "UNIT_OUT_OF_SCOPE"),  # its own
            ("prefecture-2201", self.part(22, 1), "UNIT_OUT_OF_SCOPE"),
            ("prefecture-2202", self.part(COUNTY, 1), "UNIT_OUT_OF_SCOPE"),
            ("county-220122", self.part(COUNTY, 1), "UNIT_OUT_OF_SCOPE"),
            ("county-220112", self.part(TOWNSHIP, 1), "UNIT_OUT_OF_SCOPE"),
        ]
        for by, part, expected in cases:
            with self.subTest(by=by, unit=part.unit):
                self.assert_refused(self.set(by, part), expected)
        reply = self.wires["county-220122"].ask(pb.Request(targets=pb.TargetQuery(unit=2201, year=2013)))
        self.assertEqual(codes(reply.refusal), ["UNIT_OUT_OF_SCOPE"])

    def test_what(self):
        both = self.part(22, 1)
        both.fund = pb.RAISED
        cases = [
            (self.part(22, -1), "VALUE_TOO_SMALL"), (self.part(22, 10**12 + 1), "VALUE_TOO_LARGE"),
            (self.part(22, 1, year=1999), "YEAR_INVALID"), (self.part(22, 1, year=2**31), "YEAR_INVALID"),
            (self.part(2299, 1, year=2014), "TARGET_WHOLE_MISSING"), (both, "MEASURE_UNKNOWN"),
            (pb.TargetPart(unit=22, year=2013, indicator=9999, value=1), "MEASURE_UNKNOWN"),
            (pb.TargetPart(unit=22, year=2013, value=1), "MEASURE_UNKNOWN"),
            (pb.TargetPart(unit=22, year=2013, fund=9, value=1), "MEASURE_UNKNOWN"),
            # The same yuan again at each level.
            (pb.TargetPart(unit=22, year=2013, fund=pb.RECEIVED, value=1), "MEASURE_UNKNOWN"),
            (pb.TargetPart(unit=22, year=2013, fund=pb.SENT_DOWN, value=1), "MEASURE_UNKNOWN"),
            (self.part(22, 1, note="x" * 513), "TEXT_INVALID"), (self.part(22, 1, replaces=7), "REVISION_CONFLICT"),
        ]
        for part, expected in cases:
            with self.subTest(part=part):
                self.assert_refused(self.set("province", part), expected)
        self.assert_refused(self.set("province", self.part(22, 1), self.part(22, 2)), "REPORT_REPEATED")


class Pace(TargetTest):
    def check(self, unit, month, lifted, accepted, raised):
        """What the centre says at this moment, against fractions."""
        row = self.wires["province"].total(unit, 201301, 201312).units[0]
        targets = {(t.indicator, t.fund): t for t in row.targets}
        people = targets[self.numbers["people_lifted"], 0]
        self.assertEqual((people.pace_period, people.reached), (201300 + month, sum(lifted[:month])))
        self.assertEqual((people.expected_share, people.expected), (rounded(Fraction(1000 * month, 12)), rounded(Fraction(people.value * month, 12))))
        self.assertEqual((people.method, people.forecast), (pb.BY_SHARE, rounded(Fraction(sum(lifted[:month]) * 12, month))))
        villages = targets[self.numbers["village_completed"], 0]
        months = min(3, month - 1)  # the first reports are January's
        trend = accepted[month] - accepted[month - months]
        self.assertEqual((villages.reached, villages.method, villages.trend_months, villages.trend),
                         (accepted[month], pb.BY_TREND if months else pb.FORECAST_NONE, months, trend))
        self.assertEqual(villages.forecast, rounded(accepted[month] + Fraction(trend * (12 - month), months)) if months else 0)
        money = targets[0, pb.RAISED]
        self.assertEqual(money.reached, sum(raised[:money.pace_period % 100]))
        self.assertEqual(money.expected, rounded(Fraction(57000000000 * (money.pace_period % 100), 12)))
        loans = targets[self.numbers["loans_issued"], 0]
        self.assertEqual(loans.expected_share, (0, 0, 50, 100, 200, 305, 400, 500, 700, 800, 900, 1000)[month - 1])
        if not loans.expected_share:
            self.assertEqual((loans.method, loans.forecast, loans.expected), (pb.FORECAST_NONE, 0, 0))

    def test_a_year(self):
        county, admin = self.wires["county-220122"], self.wires["admin"]
        villages = [u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY]
        lifted, accepted, raised = [], [0], []
        people = {t.indicator: t for t in self.wires["province"].total(22, 201301, 201312).units[0].targets}[self.numbers["people_lifted"]]
        self.assertEqual(people.pace_period, 0)  # it is 3 February: January is due on the 5th
        for month in range(1, 9):
            period = 201300 + month
            done = villages[:max(0, month - 3)]
            lifted.append(37 * month % 101)
            raised.append(10**6 * month + 7)
            accepted.append(len(done))
            rows = [report(self.numbers, COUNTY, period, people_lifted=lifted[-1], registered_people=5000)]
            rows += [report(self.numbers, v, period, village_started=1, village_under_way=1, village_completed=int(v in done)) for v in villages]
            self.assertIsInstance(county.submit(submission(*rows)), pb.Receipt)
            self.assertIsInstance(county.submit(submission(entry(COUNTY, f"r{month}", source=1, amount_fen=raised[-1], occurred=period * 100 + 20),
                                                           entry(COUNTY, f"s{month}", source=5, amount_fen=999, occurred=period * 100 + 20))), pb.Receipt)
            self.assertIsInstance(admin.set_clock(china(2013, month + 1, 4)), pb.Pong)
            if month > 1:  # not due yet: still last month's pace
                self.check(22, month - 1, lifted, accepted, raised)
            self.assertIsInstance(admin.set_clock(china(2013, month + 1, 12)), pb.Pong)
            self.check(22, month, lifted, accepted, raised)
            if month < 8:
                self.assertIsInstance(admin.set_clock(china(2013, month + 2, 1, 9)), pb.Pong)
        # Asked for a shorter time: the pace of its last month.
        row = self.wires["province"].total(22, 201301, 201303).units[0]
        people = next(t for t in row.targets if t.indicator == self.numbers["people_lifted"])
        self.assertEqual((people.pace_period, people.reached), (201303, sum(lifted[:3])))
        # Sub-units have no target: none is made up.
        self.assertEqual(len(self.wires["province"].total(2201, 201301, 201312).units[0].targets), 0)


class Commands(unittest.TestCase):
    def test_commands(self):
        centre = Centre(offices=OFFICES, options=("--clock", "2013-04-12T09:00")).start()
        try:
            province, prefecture, county = (centre.offices[n] for n in ("province", "prefecture-2201", "county-220122"))
            shown = province.run("target", "show", check=0).stdout
            self.assertRegex(shown, r"22 +吉林省 People lifted out of poverty +300,000 +0 2013-03 +0 +0\.0% +75,000 +-75,000 +0 +– ")
            self.assertIn("吉林省, People lifted out of poverty: forecast 0 = 0 by 2013-03 / 25.0 % of the year expected by then", shown)
            refused = province.run("target", "split", "22", "people_lifted", "长春市=1000", check=3)
            self.assertIn("the parts reach 1,000 of 300,000: 299,000 missing", refused.stderr)
            refused = province.run("target", "split", "22", "people_lifted", "长春市=1000", language="zh_CN.UTF-8", check=3)
            self.assertIn("分解合计 1,000，少于总目标 300,000，缺 299,000", refused.stderr)
            province.run("target", "split", "22", "脱贫人口", "2201=100000", "2202=210000", "--note", "示例", check=0)
            # Again, changed: the present revision is found.
            province.run("target", "split", "22", "people_lifted", "2201=90000", check=0)
            shown = json.loads(prefecture.run("target", "show", "--format", "json", check=0).stdout)
            self.assertEqual([(t["unit"], t["measure"], t["target"], t["revision"]) for t in shown], [(2201, "people_lifted", "90000", 2)])
            table = province.run("target", "show", check=0).stdout
            self.assertRegex(table, r"300,000 +100\.0%")
            # A month by itself: the share of the year's target is what was reached by its end.
            wire = centre.wire("county-220122")
            numbers = {i.code: i.number for i in wire.catalogue().indicators}
            for month, people in ((1, 30000), (2, 15000)):
                self.assertIsInstance(wire.submit(submission(report(numbers, 220122, 201300 + month, people_lifted=people, registered_people=900000))), pb.Receipt)
            for period, by_then, share in (("2013-02", "15,000", "15.0%"), ("2013-01..2013-02", "45,000", "15.0%"), ("2013-01", "30,000", "10.0%")):
                whole = province.run("total", "22", "--by", "prefecture", "--period", period, check=0).stdout
                self.assertRegex(whole, rf"22 +吉林省 total +{by_then} +\S+ +300,000 +{share}")
                alone = province.run("total", "22", "--period", period, check=0).stdout
                self.assertRegex(alone, rf"people_lifted .* {by_then} +\S+ +300,000 +{share}")
            sheet = os.path.join(centre.directory, "targets.csv")
            with open(sheet, "w", encoding="utf-8") as file:
                file.write("单位,年度,指标,目标,摘要\n220122,2013,people_lifted,\"50,000\",分解\n双阳区,2013,脱贫人口,40000,分解\n")
            prefecture.run("target", "load", sheet, check=0)
            county.run("target", "split", "220122", "people_lifted", "220122101=50000", check=0)
            self.assertEqual(centre.sql("SELECT unit, value, revision, note FROM target_part ORDER BY seq, line"), [
                (2201, 100000, 1, "示例"), (2202, 210000, 1, "示例"), (2201, 90000, 2, ""), (220122, 50000, 1, "分解"),
                (220112, 40000, 1, "分解"), (220122101, 50000, 1, "")])
            for words in (("split", "22", "people_lifted"), ("split", "22", "nothing", "2201=1"), ("split", "22", "people_lifted", "2201=many"),
                          ("split", "22", "people_lifted", "220122=1"), ("burn",), ("load",), ("show", "nowhere"), ("show", "--year", "x")):
                province.run("target", *words, check=2)
            with open(sheet, "w", encoding="utf-8") as file:
                file.write("unit,measure,value\n220122,people_lifted,lots\n")
            self.assertIn("row 2", prefecture.run("target", "load", sheet, check=3).stderr)
            both = json.loads(province.run("total", "22", "--indicator", "people_lifted", "--format", "json", check=0).stdout)
            self.assertEqual(both["whole"]["indicators"]["people_lifted"]["target"]["expected"], "75000")
            table = province.run("total", "22", "--by", "prefecture", check=0).stdout
            self.assertRegex(table, r"2201 长春市 +45,000 +– +90,000 +50.0% +22,500")
            centre.verify()
        finally:
            centre.stop()
            centre.check_log()


class Plan(unittest.TestCase):
    def test_profile_errors(self):
        good = [("people_lifted", m, s) for m, s in enumerate((5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100), 1)]
        cases = [(good[:-1], "has not all twelve months"), (good[:-1] + [("people_lifted", 12, 99)], "does not end at 100"),
                 (good[:3] + [("people_lifted", 4, 1)] + good[4:], "falls in month 4"), (good + [("people_lifted", 3, 20)], "stands twice"),
                 ([("nothing", m, s) for _, m, s in good], "neither an indicator nor fund:KIND"), ([("people_lifted", 13, 1)], "column month")]
        for rows, expected in cases:
            plan = copy_plan(os.path.join(new_directory(), "plan"))
            with open(os.path.join(plan, "profiles.csv"), "w", encoding="utf-8") as file:
                file.write("measure,month,share\n" + "".join(f"{m},{n},{s}\n" for m, n, s in rows))
            with self.subTest(expected=expected):
                result = Centre(plan=plan, offices=()).load()
                self.assertEqual(result.returncode, 3)
                self.assertIn(expected, result.stderr)


if __name__ == "__main__":
    unittest.main()
