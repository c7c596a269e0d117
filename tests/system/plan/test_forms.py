"""The forms' rules over months, places that move, groups, townships and villages, warnings: through the real centre,
totals against plain SQL (fupind verify), and two centres that may not break a rule together."""
import os
import unittest

from harness import Centre, CentreTest, Database, copy_plan, edit_csv, new_directory, report, submission, wait_for
from wire import codes
import fupin_pb2 as pb

COUNTY, OTHER = 220122, 220112
OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112")
STEPS = ("village_started", "village_under_way", "village_completed", "village_accepted")


def steps(reached):
    return {name: int(place < reached) for place, name in enumerate(STEPS)}


def plan_with(rules=True, **changes):
    plan = copy_plan(os.path.join(new_directory(), "plan"), rules=rules)
    for file, change in changes.items():
        edit_csv(os.path.join(plan, file + ".csv"), change)
    return plan


class Rules(CentreTest):
    @classmethod
    def setUpClass(cls):
        cls.options = {"offices": OFFICES, "plan": plan_with()}
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.villages = [u.code for u in cls.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY]

    def village(self, unit, period, reached, **fields):
        return report(self.numbers, unit, period, **steps(reached), **fields)

    def send(self, *rows, by="county-220122"):
        return self.wires[by].submit(submission(*rows))

    def assert_ok(self, answer):
        self.assertIsInstance(answer, pb.Receipt, answer)

    def test_a_village_cannot_jump(self):
        village = self.villages[0]
        self.assertEqual(codes(self.send(self.village(village, 201301, 2))), ["STEP_SKIPPED"])
        self.assert_ok(self.send(self.village(village, 201301, 1)))
        self.assert_ok(self.send(self.village(village, 201302, 2)))
        refusal = self.send(self.village(village, 201303, 4))
        self.assertEqual(codes(refusal), ["STEP_SKIPPED"])
        self.assertEqual((refusal.problems[0].column, refusal.problems[0].subject, refusal.problems[0].index), ("village_accepted", pb.REPORT, 0))
        refusal = self.send(self.village(village, 201303, 1))
        self.assertEqual((codes(refusal), refusal.problems[0].limit), (["STEP_BACK"], 201302))
        # Nothing of it is there; a year's steps at once, in any order, are fine.
        self.assertEqual(len(self.wires["province"].reports(village, 201301, 201312)), 2)
        self.assert_ok(self.send(self.village(village, 201305, 4), self.village(village, 201304, 3)))
        # An earlier month cannot be taken away from under the later ones, but all can be mended together.
        self.assertEqual(codes(self.send(self.village(village, 201304, 2, replaces=1))), ["STEP_SKIPPED"])
        self.assert_ok(self.send(self.village(village, 201304, 2, replaces=1), self.village(village, 201305, 3, replaces=1)))

    def test_nobody_lifts_more_than_are_registered(self):
        self.assert_ok(self.send(report(self.numbers, COUNTY, 201301, people_lifted=600, registered_people=1000)))
        refusal = self.send(report(self.numbers, COUNTY, 201302, people_lifted=401, registered_people=1000))
        self.assertEqual(codes(refusal), ["BASE_EXCEEDED"])
        problem = refusal.problems[0]
        self.assertEqual((problem.column, problem.actual, problem.limit), ("people_lifted", 1001, 1000))
        self.assertEqual(problem.text, "the year's sum 1,001 exceeds 建档立卡贫困人口 Registered poor people 1,000")
        self.assert_ok(self.send(report(self.numbers, COUNTY, 201302, people_lifted=400, registered_people=1000)))
        self.assertEqual(codes(self.send(report(self.numbers, COUNTY, 201301, replaces=1, people_lifted=601, registered_people=1000))), ["BASE_EXCEEDED"])
        self.assertEqual(codes(self.send(report(self.numbers, COUNTY, 201303, people_lifted=0, registered_people=999))), ["BASE_EXCEEDED"])

    def test_two_in_flight_cannot_break_it_together(self):
        """Each alone is fine; both connections send before either has an answer."""
        wires = [self.centre.wire("county-220112") for _ in range(2)]
        village = next(u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == OTHER)
        def rows(households):
            return [report(self.numbers, village, month, replaces=revisions[month], village_households_lifted=households,
                           village_registered_households=100) for month in (201302, 201305)]
        revisions = {201302: 0, 201305: 0}
        for _ in range(30):
            self.assert_ok(self.send(*rows(0), by="county-220112"))
            revisions = {month: revision + 1 for month, revision in revisions.items()}
            sent = rows(60)
            for wire, row in zip(wires, sent):
                wire.send(pb.Request(submit=pb.Submit(submission=submission(row).SerializeToString())))
            answers = [wire.receive() for wire in wires]
            self.assertEqual(sorted(a.WhichOneof("body") for a in answers), ["receipt", "refusal"])
            self.assertEqual(codes(next(a.refusal for a in answers if a.HasField("refusal"))), ["BASE_EXCEEDED"])
            accepted = next(row for row, a in zip(sent, answers) if a.HasField("receipt"))
            revisions[accepted.period] += 1

    def test_what_a_clerk_reads(self):
        office = self.centre.offices["county-220122"]
        sheet = os.path.join(self.centre.directory, "v.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("单位,期间,本村脱贫人口,本村脱贫户数,整村推进已启动,整村推进已实施,整村推进已完成跃升,整村推进已验收\n"
                       f"{self.villages[1]},2013-01,0,0,1,1,0,0\n")
        told = office.run("submit", sheet, check=3).stderr
        self.assertIn("v.csv: row 2, column 整村推进已实施: 整村推进已启动 Whole-village advance started must stand in a report of a month before", told)
        told = office.run("submit", sheet, language="zh_CN.UTF-8", check=3).stderr
        self.assertIn("须先在以前月份填报 整村推进已启动", told)

    def test_warnings_stand_in_the_work_list(self):
        village = self.villages[2]
        self.assert_ok(self.send(report(self.numbers, village, 201301, village_people_lifted=10),
                                 report(self.numbers, village, 201302, village_people_lifted=61, village_net_income=100),
                                 report(self.numbers, village, 201303, village_people_lifted=60, village_net_income=100)))
        items = {i.key.period: i for i in self.wires["prefecture-2201"].reports(village, 201301, 201312)}
        self.assertEqual([(w.check, w.actual, w.limit) for w in items[201301].warnings], [(4, 10, 0)])
        self.assertEqual([(w.check, w.actual, w.limit) for w in items[201302].warnings], [(5, 61, 10)])
        self.assertEqual(len(items[201303].warnings), 0)
        warned = self.wires["prefecture-2201"].reports(village, 201301, 201312, warned=True)
        self.assertEqual([i.key.period for i in warned], [201301, 201302])
        checks = {c.number: c for c in self.catalogue.checks}
        self.assertEqual((checks[4].text_en, checks[4].kind), ("people lifted and no income reported", pb.NEEDS))


class TwoCentres(unittest.TestCase):
    def test_they_cannot_break_a_rule_together(self):
        database = Database()
        self.addCleanup(database.stop)
        first = Centre(database=database, offices=OFFICES, plan=plan_with()).start()
        second = first.beside().start()
        try:
            wires = [first.wire("county-220122"), second.wire("county-220122")]
            numbers = {i.code: i.number for i in wires[0].catalogue().indicators}
            revisions = {201302: 0, 201305: 0}
            def rows(people):
                return [report(numbers, COUNTY, month, replaces=revision, people_lifted=people, registered_people=1000)
                        for month, revision in revisions.items()]
            for attempt in range(20):
                self.assertIsInstance(wires[attempt % 2].submit(submission(*rows(0))), pb.Receipt)
                revisions = {month: revision + 1 for month, revision in revisions.items()}
                wait_for("both to know the same", lambda: len({w.ping().as_of.seq for w in wires}) == 1)
                sent = rows(600)
                for wire, row in zip(wires, sent):
                    wire.send(pb.Request(submit=pb.Submit(submission=submission(row).SerializeToString())))
                answers = [wire.receive() for wire in wires]
                self.assertEqual(sorted(a.WhichOneof("body") for a in answers), ["receipt", "refusal"])
                self.assertEqual(codes(next(a.refusal for a in answers if a.HasField("refusal"))), ["BASE_EXCEEDED"])
                revisions[next(row for row, a in zip(sent, answers) if a.HasField("receipt")).period] += 1
            first.verify()
        finally:
            second.stop()
            first.stop()


class Moving(unittest.TestCase):
    """A village moves to another township in September, and another one to another county."""

    def setUp(self):
        self.centre = Centre(offices=OFFICES, plan=plan_with(rules=False)).start()
        self.addCleanup(self.centre.stop)
        catalogue = self.centre.wire("province").catalogue()
        self.numbers = {i.code: i.number for i in catalogue.indicators}
        villages = [u.code for u in catalogue.units if u.level == pb.VILLAGE]
        townships = [u.code for u in catalogue.units if u.level == pb.TOWNSHIP]
        self.near = next(v for v in villages if v // 10**6 == COUNTY)
        self.far = [v for v in villages if v // 10**6 == COUNTY][1]
        self.new_near = next(t for t in townships if t // 1000 == COUNTY and t != self.near // 1000) * 1000 + 991
        self.new_far = next(t for t in townships if t // 1000 == OTHER) * 1000 + 992

    def change_units(self):
        moves = {str(self.near): str(self.new_near), str(self.far): str(self.new_far)}
        def change(rows):
            for row in list(rows):
                row.update(first_period="", last_period="", successor="")
                if row["code"] in moves:
                    new = moves[row["code"]]
                    rows.append(dict(row, code=new, parent=new[:9], code_basis="provisional", first_period="2013-09"))
                    row.update(last_period="2013-08", successor=new)
        path = os.path.join(self.centre.plan, "units.csv")
        with open(path, encoding="utf-8") as file:
            head = file.readline()
        if "first_period" not in head:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("code_basis\n", "code_basis,first_period,last_period,successor\n", 1))
        edit_csv(path, change)

    def move(self):
        self.change_units()
        self.centre.stop()
        self.centre.start()

    def stock(self, unit, period, by=0):
        total = self.centre.wire("province").total(unit, period, period, by=by, indicators=[self.numbers["village_started"]])
        return {u.unit: (u.values[0], u.reported[0]) for u in total.units if u.reported[0]}

    def test_it_goes_on_under_the_new_code(self):
        county, other = self.centre.wire("county-220122"), self.centre.wire("county-220112")
        before = {}
        for month in range(201301, 201309):
            self.assertIsInstance(county.submit(submission(
                report(self.numbers, self.near, month, village_started=1, village_people_lifted=month % 100),
                report(self.numbers, self.far, month, village_started=1, village_people_lifted=10))), pb.Receipt)
            before[month] = county.total(COUNTY, month, month, by=pb.VILLAGE).units
        self.move()
        county, other = self.centre.wire("county-220122"), self.centre.wire("county-220112")
        for month in range(201301, 201309):  # old totals stay right
            now = [u for u in county.total(COUNTY, month, month, by=pb.VILLAGE).units if u.unit != self.new_near]
            self.assertEqual([(u.unit, list(u.values)) for u in now], [(u.unit, list(u.values)) for u in before[month]])
        # What stood goes on, where the village lies then.
        self.assertEqual(self.stock(COUNTY, 201308), {COUNTY: (2, 2)})
        self.assertEqual(self.stock(COUNTY, 201309), {COUNTY: (1, 1)})
        self.assertEqual(self.stock(OTHER, 201309), {OTHER: (1, 1)})
        self.assertEqual(self.stock(2201, 201309), {2201: (2, 2)})
        self.assertEqual(self.stock(COUNTY, 201308, pb.TOWNSHIP), {self.near // 1000: (1, 1), self.far // 1000: (1, 1)}
                         if self.near // 1000 != self.far // 1000 else {self.near // 1000: (2, 2)})
        self.assertEqual(self.stock(COUNTY, 201309, pb.TOWNSHIP), {self.new_near // 1000: (1, 1)})
        self.assertEqual(self.stock(COUNTY, 201309, pb.VILLAGE), {self.new_near: (1, 1)})
        # Each code in its own months.
        refusal = county.submit(submission(report(self.numbers, self.near, 201309, village_started=1)))
        self.assertEqual(codes(refusal), ["UNIT_NOT_THEN"])
        self.assertIn(str(self.new_near), refusal.problems[0].text)
        self.assertEqual(codes(county.submit(submission(report(self.numbers, self.new_near, 201308)))), ["UNIT_NOT_THEN"])
        self.assertIsInstance(county.submit(submission(report(self.numbers, self.new_near, 201309, village_started=1, village_people_lifted=9))), pb.Receipt)
        self.assertIsInstance(other.submit(submission(report(self.numbers, self.new_far, 201310, village_started=0, village_people_lifted=3))), pb.Receipt)
        self.assertEqual((self.stock(OTHER, 201309), self.stock(OTHER, 201310)), ({OTHER: (1, 1)}, {OTHER: (0, 1)}))
        listed = [(i.key.unit, i.key.period) for i in county.reports(COUNTY, 201308, 201309)]
        self.assertEqual(sorted(listed), sorted([(self.near, 201308), (self.far, 201308), (self.new_near, 201309)]))
        lifted = self.numbers["village_people_lifted"]
        year = self.centre.wire("province").total(22, 201301, 201312, by=pb.COUNTY, indicators=[lifted])
        self.assertEqual({u.unit: u.values[0] for u in year.units if u.reported[0]}, {COUNTY: sum(range(1, 9)) + 80 + 9, OTHER: 3})
        self.centre.verify()
        self.centre.stop()
        self.centre.start()
        self.assertEqual(self.stock(OTHER, 201310), {OTHER: (0, 1)})
        self.centre.verify()

    def test_no_report_is_left_behind(self):
        """The decree of September is loaded after a report of September came under the old code: it would count for a place that it does not name."""
        county = self.centre.wire("county-220122")
        for period in (201308, 201309):
            self.assertIsInstance(county.submit(submission(report(self.numbers, self.far, period, village_started=1))), pb.Receipt)
        self.centre.stop()
        self.change_units()
        refused = self.centre.load()
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(f"units.csv: unit {self.far} has reports, fund entries or projects of 2013-09, when it would not exist", refused.stderr)
        edit_csv(os.path.join(self.centre.plan, "units.csv"), lambda rows: [row.update(
            first_period=row["first_period"] and "2013-10", last_period=row["last_period"] and "2013-09") for row in rows] and None)
        self.centre.start()
        self.assertEqual(self.stock(COUNTY, 201309), {COUNTY: (1, 1)})
        self.assertEqual(self.stock(OTHER, 201310), {OTHER: (1, 1)})
        self.centre.verify()

    def test_mistakes_in_the_plan(self):
        self.centre.stop()
        path = os.path.join(self.centre.plan, "units.csv")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        good = {"first_period": "", "last_period": "2013-08", "successor": str(self.new_near)}
        new = {"code": str(self.new_near), "parent": str(self.new_near)[:9], "level": "village", "name": "新村", "code_basis": "provisional",
               "first_period": "2013-09", "last_period": "", "successor": ""}
        for old, also, expected in ((dict(good, last_period=""), new, "does not begin after its end"),
                                    (good, dict(new, first_period="2013-08"), "does not begin after its end"),
                                    (good, None, "its successor is not in the file"),
                                    (dict(good, successor=str(COUNTY)), new, "does not begin after its end"),
                                    (dict(good, last_period="August"), new, "column last_period: \"August\" is not a period"),
                                    (dict(good, first_period="2013-09"), new, "are not in order")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("code_basis\n", "code_basis,first_period,last_period,successor\n", 1))
            edit_csv(path, lambda rows: [dict(r, **(old if r["code"] == str(self.near) else dict.fromkeys(good, ""))) for r in rows] + ([also] if also else []))
            with self.subTest(expected=expected):
                result = self.centre.load()
                self.assertEqual(result.returncode, 3, result.stderr)
                self.assertIn(expected, result.stderr)


class Groups(CentreTest):
    options = {"offices": OFFICES + ("county-222402", "county-222404", "county-220821")}

    def test_totals_of_groups(self):
        province = self.centre.wire("province")
        lifted = self.numbers["people_lifted"]
        for unit, people in ((222402, 5), (222404, 7), (220821, 100), (COUNTY, 1000)):
            self.assertIsInstance(self.centre.wire(f"county-{unit}").submit(submission(report(self.numbers, unit, 201304, people_lifted=people))), pb.Receipt)
        def total(unit, group, by=0, wire=province):
            query = pb.TotalQuery(unit=unit, to=201304, by=by, indicators=[lifted], group=group.encode(), whole=True)
            setattr(query, "from", 201301)
            return wire.ask(pb.Request(total=query))
        def values(*args):
            return {u.unit: u.values[0] for u in total(*args).total.units if u.reported[0]}
        self.assertEqual(values(22, "border-county"), {22: 12})
        self.assertEqual(values(22, "border-county", pb.PREFECTURE), {2224: 12, 22: 12})
        self.assertEqual(values(22, "border-county", pb.COUNTY), {222402: 5, 222404: 7, 22: 12})
        self.assertEqual(len(total(22, "border-county", pb.COUNTY).total.units), 10 + 1)  # members alone, and the whole
        self.assertEqual(len(total(22, "border-county", pb.PREFECTURE).total.units), 3 + 1)
        self.assertEqual(values(22, "daxinganling-south"), {22: 100})
        self.assertEqual(values(2201, "border-county"), {})
        self.assertEqual(values(22, ""), {22: 1112})
        self.assertEqual(codes(total(22, "moon").refusal), ["GROUP_UNKNOWN"])
        self.assertEqual(codes(total(22, "x" * 48).refusal), ["MALFORMED"])
        members = {g.unit for g in self.catalogue.groups if g.code == "border-county"}
        self.assertEqual(len(members), 10)
        # The catalogue of an office has what lies in its scope.
        own = self.centre.wire("county-222402").catalogue().groups
        self.assertEqual({(g.code, g.unit) for g in own}, {("border-county", 222402)})
        query = pb.CompletenessQuery(unit=22, to=201304, group=b"border-county", forms=[1])
        setattr(query, "from", 201304)
        row = province.ask(pb.Request(completeness=query)).completeness.rows[0]
        self.assertEqual((row.due, row.open), (0, 0))  # no deadlines in this plan: nothing is owed


if __name__ == "__main__":
    unittest.main()
