"""The appraisal: every point against plain SQL and fractions, as it is asked for and as the commands print it; the sheet of
a month with what stands carried forward, filled in and sent back."""
import csv
import io
import json
import os
import unittest
from fractions import Fraction

from harness import Centre, CentreTest, china, copy_plan, edit_csv, entry, new_directory, report, submission
from wire import codes
import fupin_pb2 as pb

COUNTIES = (220122, 220112)
OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112")


def points(weight, numerator, denominator):
    if denominator <= 0 or numerator <= 0:
        return 0
    share = min(Fraction(1), Fraction(numerator, denominator)) * weight * 100
    return int(share + Fraction(1, 2))


class Appraisal(CentreTest):
    @classmethod
    def setUpClass(cls):
        plan = copy_plan(os.path.join(new_directory(), "plan"), deadlines=True)
        cls.options = {"offices": OFFICES, "plan": plan, "options": ("--clock", "2013-02-03T09:00")}
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.items = {i.code: i for i in cls.catalogue.appraisal}
        cls.fill()

    @classmethod
    def ok(cls, by, *rows):
        answer = cls.wires[by].submit(submission(*rows))
        assert isinstance(answer, pb.Receipt), answer

    @classmethod
    def fill(cls):
        people = cls.numbers["people_lifted"]
        villages = {c: [u.code for u in cls.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == c][:2] for c in COUNTIES}
        cls.ok("province", pb.TargetPart(unit=2201, year=2013, indicator=people, value=300000))
        cls.ok("prefecture-2201", pb.TargetPart(unit=220122, year=2013, indicator=people, value=777),
               pb.TargetPart(unit=220112, year=2013, indicator=people, value=300000))
        cls.ok("county-220122", report(cls.numbers, 220122, 201301, people_lifted=100))
        for place, village in enumerate(villages[220122]):
            cls.ok("county-220122", report(cls.numbers, village, 201301, village_started=1, village_under_way=1, village_completed=1,
                                           village_accepted=place))
        cls.ok("province", entry(22, "in", source=1, amount_fen=9000, occurred=20130101),
               entry(22, "to-county", kind=pb.SENT_DOWN, source=1, amount_fen=300, occurred=20130105, counterparty=220122),
               entry(22, "to-prefecture", kind=pb.SENT_DOWN, source=1, amount_fen=5000, occurred=20130105, counterparty=2201))
        cls.ok("county-220122", entry(220122, "r", kind=pb.RECEIVED, source=1, amount_fen=300, occurred=20130110, counterparty=22,
                                      refers="to-county"),
               entry(220122, "own", source=5, amount_fen=10**6, occurred=20130110),
               entry(220122, "s", kind=pb.SPENT, source=1, use=1, amount_fen=100, occurred=20130120),
               entry(220122, "t", kind=pb.SPENT, source=5, use=1, amount_fen=10**6, occurred=20130120))  # not a special source
        # The prefecture's own money: on neither side, as its counties record again what comes to them.
        cls.ok("prefecture-2201", entry(2201, "r", kind=pb.RECEIVED, source=1, amount_fen=5000, occurred=20130109, counterparty=22,
                                        refers="to-prefecture"),
               entry(2201, "s", kind=pb.SPENT, source=1, use=1, amount_fen=4000, occurred=20130120))
        cls.wires["admin"].set_clock(china(2013, 2, 9, 10))
        cls.ok("county-220112", report(cls.numbers, 220112, 201301, people_lifted=150000))
        for unit, form in [(220122, 1)] + [(v, 2) for v in villages[220122]]:
            cls.ok("prefecture-2201", pb.Review(unit=unit, period=201301, form=form, revision=1, decision=pb.PASS))
        correction = report(cls.numbers, 220122, 201301, replaces=1, people_lifted=500)
        correction.reason = "更正".encode()
        cls.ok("county-220122", correction)

    def ask(self, unit=2201, to=201301, by=pb.COUNTY, wire="province", **fields):
        return self.wires[wire].ask(pb.Request(appraisal=pb.AppraisalQuery(unit=unit, to=to, by=by, whole=True, **fields)))

    def parts(self, row):
        codes_of = {i.number: i.code for i in self.catalogue.appraisal}
        return {codes_of[p.item]: (p.numerator, p.denominator, p.points) for p in row.parts}

    def test_points_against_sql(self):
        rows = {r.unit: r for r in self.ask().appraisal.rows}
        self.assertEqual(len(rows), 1 + sum(u.level == pb.COUNTY and u.code // 100 == 2201 for u in self.catalogue.units))
        for unit, row in rows.items():
            parts, weight, total = self.parts(row), 0, 0
            like = f"{unit}%"
            [(due,)] = self.centre.sql("SELECT count(*) FROM unit WHERE level >= 3 AND code::text LIKE %s", like)
            [(received, on_time)] = self.centre.sql(
                "SELECT count(*), count(*) FILTER (WHERE recorded_at < '2013-02-06 00:00+08') FROM report JOIN submission USING (seq) "
                "WHERE revision = 1 AND unit::text LIKE %s", like)
            [(approved,)] = self.centre.sql("SELECT count(*) FROM report_approved WHERE unit::text LIKE %s", like)
            self.assertEqual(parts["on_time"][:2], (on_time, due))
            self.assertEqual(parts["complete"][:2], (received, due))
            self.assertEqual(parts["passed"][:2], (approved, received))
            def value(name, table):
                [(found,)] = self.centre.sql(
                    f"SELECT coalesce(sum(\"values\"[position]), 0)::bigint FROM {table} JOIN form_field USING (form, version) "
                    "JOIN indicator i ON i.number = indicator WHERE i.code = %s AND unit::text LIKE %s", name, like)
                return found
            self.assertEqual(parts["accepted"][:2], (value("village_accepted", "report_approved"), value("village_completed", "report_approved")))
            self.assertEqual(parts["people"][0] if parts["people"][1] else 0, value("people_lifted", "report_approved") if parts["people"][1] else 0)
            for code, (numerator, denominator, got) in parts.items():
                self.assertEqual(got, points(self.items[code].weight, numerator, denominator), (unit, code))
                weight += self.items[code].weight if denominator > 0 else 0
                total += got
            self.assertEqual(row.weight, weight)
            self.assertEqual(row.score, int(Fraction(total * 100, weight) + Fraction(1, 2)) if weight else 0)
        # By hand: approved are the 100 of revision 1, not the 500 that wait; the target of 777; no village target: not counted.
        parts = self.parts(rows[220122])
        self.assertEqual(parts["people"], (100, 777, points(30, 100, 777)))
        self.assertEqual(parts["villages"], (0, 0, 0))
        self.assertEqual(parts["funds"], (100, 300, 333))
        self.assertEqual(self.parts(rows[2201])["funds"], (100, 300, 333))
        self.assertEqual(parts["accepted"], (1, 2, 500))
        self.assertEqual(rows[220122].weight, 85)
        # More than the target brings no more than the weight; nothing approved brings nothing.
        self.assertEqual(self.parts(rows[220112])["people"], (0, 300000, 0))
        self.assertEqual(self.parts(rows[220112])["on_time"][0], 0)

    def test_as_of_and_scope(self):
        before = self.ask().appraisal
        answer = self.ask(as_of=pb.AsOf(seq=before.as_of.seq, time_us=before.time_us)).appraisal
        self.assertEqual(answer, before)
        early = {r.unit: self.parts(r) for r in self.ask(as_of=pb.AsOf(seq=3)).appraisal.rows}
        self.assertEqual(early[220122]["people"], (0, 777, 0))
        self.assertEqual(codes(self.ask(wire="county-220122").refusal), ["UNIT_OUT_OF_SCOPE"])
        self.assertEqual(codes(self.ask(unit=220199).refusal), ["UNIT_UNKNOWN"])
        self.assertEqual(codes(self.ask(to=201313).refusal), ["PERIOD_INVALID"])

    def test_what_is_printed(self):
        province = self.centre.offices["province"]
        answer = json.loads(province.run("appraisal", "2201", "2013-01", "--by", "county", "--format", "json", check=0).stdout)
        scores = [float(r["score"]) for r in answer["rows"][:-1]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        row = next(r for r in answer["rows"] if r["unit"] == 220122)
        self.assertEqual(row["items"]["people"], {"reached": "100", "of": "777", "weight": 30, "points": "3.86"})
        shown = province.run("appraisal", "2201", "2013-01", "--by", "county", check=0).stdout
        self.assertRegex(shown, r"\n +1 220122 农安县 +\d+\.\d\d +85 +3\.86 +– ")
        explained = self.centre.offices["county-220122"].run("appraisal", "220122", "2013-01", "--explain", language="zh_CN.UTF-8", check=0).stdout
        self.assertRegex(explained, r"220122 农安县 脱贫人口目标完成 +已审核 +100 +777 +12\.8% +30 +3\.86 fupin total 220122 --period 2013-01\.\.2013-01 --indicator people_lifted")
        self.assertRegex(explained, r"专项资金支出率 +已报 +1\.00 +3\.00 +33\.3% +10 +3\.33")
        self.assertIn("参与计分的权重合计 85", explained)
        province.run("appraisal", "2201", "2013-01", "--by", "street", check=2)

    def test_mistakes_in_the_plan(self):
        for change, expected in ((dict(weight="31"), "come to 101, not to 100"), (dict(kind="luck"), "is not a kind"), (dict(measure=""), "does not name"),
                                 (dict(measure="luck"), "is neither an indicator"), (dict(book="x"), "is neither submitted nor approved")):
            plan = copy_plan(os.path.join(new_directory(), "plan"))
            edit_csv(os.path.join(plan, "appraisal.csv"), lambda rows: [dict(r, **change) if r["item"] == "people" else r for r in rows])
            with self.subTest(expected=expected):
                result = Centre(plan=plan, offices=()).load()
                self.assertEqual(result.returncode, 3)
                self.assertIn(expected, result.stderr)


class Sheet(CentreTest):
    options = {"offices": OFFICES}

    def sheet(self, *words):
        return self.centre.offices["county-220122"].run("sheet", *words, check=0).stdout

    def test_what_stands_is_carried_forward(self):
        county = self.centre.offices["county-220122"]
        villages = [u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == 220122]
        wire = self.centre.wire("county-220122")
        self.assertIsInstance(wire.submit(submission(
            report(self.numbers, villages[0], 201302, village_started=1, village_people_lifted=7, village_registered_households=40),
            report(self.numbers, villages[0], 201303, village_started=1, village_under_way=1, village_people_lifted=8))), pb.Receipt)
        rows = list(csv.DictReader(io.StringIO(self.sheet("village", "2013-05"))))
        self.assertEqual([int(r["unit"]) for r in rows], villages)
        row = rows[0]
        self.assertEqual((row["period"], row["replaces"], row["village_started"], row["village_under_way"]), ("2013-05", "0", "1", "1"))
        # The latest of each stock, from whatever month; a flow is this month's own.
        self.assertEqual((row["village_registered_households"], row["village_people_lifted"]), ("40", ""))
        self.assertEqual(rows[1]["village_started"], "")
        # Filled in, it goes back as it is.
        for row in rows:
            for name in ("village_people_lifted", "village_households_lifted", "village_started", "village_under_way", "village_completed", "village_accepted"):
                row[name] = row[name] or "0"
        path = os.path.join(self.centre.directory, "may.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        county.run("submit", path, check=0)
        # Of a month that was sent: its figures and its revision, for a correction.
        row = next(csv.DictReader(io.StringIO(self.sheet("village", "2013-03", str(villages[0])))))
        self.assertEqual((row["replaces"], row["village_people_lifted"]), ("1", "8"))
        self.assertEqual(row["village_registered_households"], "")
        chinese = self.centre.offices["county-220122"].run("sheet", "village", "2013-06", "--bom", language="zh_CN.UTF-8", check=0).stdout
        self.assertTrue(chinese.startswith("\ufeff表,单位,单位名称,期间,替换版本,本村脱贫人口,"))
        for words in (("village",), ("nothing", "2013-05"), ("village", "May"), ("village", "2014-05"), ("village", "2013-05", "nowhere")):
            county.run("sheet", *words, check=2)


class Commands(CentreTest):
    """Groups, townships, warnings and rules as they are printed."""
    options = {"offices": OFFICES}

    def test_printed(self):
        county, province = self.centre.offices["county-220122"], self.centre.offices["province"]
        village = next(u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == 220122)
        self.assertIsInstance(self.centre.wire("county-220122").submit(submission(
            report(self.numbers, village, 201304, village_people_lifted=12), report(self.numbers, 220122, 201304, people_lifted=3))), pb.Receipt)
        answer = json.loads(county.run("total", "220122", "--by", "township", "--indicator", "village_people_lifted", "--format", "json", check=0).stdout)
        self.assertEqual({u["unit"]: u["indicators"]["village_people_lifted"]["total"] for u in answer["units"] if u["indicators"]["village_people_lifted"]["reported"]},
                         {village // 1000: "12"})
        group = json.loads(province.run("total", "22", "--group", "border-county", "--indicator", "people_lifted", "--format", "json", check=0).stdout)
        self.assertNotIn("reported\": 3", json.dumps(group))
        self.assertIn("–", province.run("total", "22", "--group", "border-county", check=0).stdout)
        other = province.run("total", "22", "--group", "ｂｏｒｄｅｒ－county\u200b", "--indicator", "people_lifted", "--format", "json", check=0).stdout
        self.assertEqual(json.loads(other)["units"], group["units"])
        province.run("total", "22", "--group", "moon", check=3)
        project = json.loads(province.run("total", "22", "--project", "P3", "--format", "json", check=0).stdout)
        self.assertIn("county_two_industries", (project.get("whole") or project["units"][0])["indicators"])
        province.run("total", "22", "--project", "P9", check=2)
        listed = province.run("review", "list", "220122", "--state", "all", "--warned", check=0).stdout
        self.assertIn("people lifted and no income reported (12, 0)", listed)
        self.assertNotIn(" county ", listed)
        [row] = json.loads(province.run("review", "list", "220122", "--state", "all", "--warned", "--format", "json", check=0).stdout)["reports"]
        self.assertEqual(row["warnings"], [{"check": 4, "text": "people lifted and no income reported", "actual": "12", "limit": "0"}])
        shown = county.run("forms", "county", check=0).stdout
        self.assertIn("counted, not reported: county_two_industries", shown)
        self.assertIn("warning 1: people lifted differ much from the month before", shown)
        members = json.loads(province.run("units", "--group", "border-county", "--level", "county", "--format", "json", check=0).stdout)
        self.assertEqual(len(members), 10)
        county.run("units", "--group", "border-county", check=2)


if __name__ == "__main__":
    unittest.main()
