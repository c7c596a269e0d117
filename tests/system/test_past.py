"""What was known when: every answer as of an earlier commit or time is the one that was given then; the history of a
report; completeness and lateness against plain SQL and a calendar of the test's own."""
import csv
import datetime
import os
import random
import unittest

from harness import CHINA, PLAN, Centre, CentreTest, china, copy_plan, entry, new_directory, report, submission
from wire import codes
import fupin_pb2 as pb

COUNTIES = (220122, 220112)
OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112", "county-222403")


def ask(wire, kind, **fields):
    """The reply's body, or its refusal."""
    first = fields.pop("first", 201301)
    message = {"total": pb.TotalQuery, "reports": pb.ReportQuery, "completeness": pb.CompletenessQuery}[kind](
        to=fields.pop("last", 201312), **fields)
    setattr(message, "from", first)
    reply = wire.ask(pb.Request(**{kind: message}))
    return getattr(reply, reply.WhichOneof("body"))


QUESTIONS = (
    ("total", dict(unit=22, by=pb.COUNTY, whole=True, funds=True)),
    ("total", dict(unit=2201, last=201306)),
    ("reports", dict(unit=22, values=True, limit=200)),
    ("reports", dict(unit=220122, states=[pb.RETURNED, pb.PASSED])),
    ("completeness", dict(unit=22, by=pb.COUNTY, whole=True, missing=True, late=True)),
)


class DrillTest(CentreTest):
    clock = "2013-01-20T09:00"

    @classmethod
    def setUpClass(cls):
        plan = copy_plan(os.path.join(new_directory(), "plan"), deadlines=True)
        cls.options = {"offices": OFFICES, "plan": plan, "options": ("--clock", cls.clock)}
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.units = sorted(u.code for u in cls.catalogue.units
                           if u.level in (pb.COUNTY, pb.VILLAGE) and int(str(u.code)[:6]) in COUNTIES)

    def at(self, *when):
        pong = self.wires["admin"].set_clock(china(*when))
        self.assertIsInstance(pong, pb.Pong, pong)


class AsOf(DrillTest):
    def step(self, dice, now):
        """Something that offices do; what is refused is none of our business."""
        unit = dice.choice(self.units)
        period = 201300 + dice.randint(1, now)
        form = 1 if unit < 10**6 else 2
        county, prefecture = self.wires[f"county-{str(unit)[:6]}"], self.wires["prefecture-2201"]
        items = [i for i in self.wires["province"].reports(unit, period, period) if i.key.unit == unit]
        item = items[0] if items else None
        kind = dice.random()
        if kind < 0.5:
            values = dict(village_people_lifted=dice.randint(0, 50)) if form == 2 else dict(
                people_lifted=dice.randint(0, 500), registered_people=dice.randint(0, 9000),
                special_industries=dice.choice([None, 1, 2]))
            row = report(self.numbers, unit, period, replaces=item.revision if item else 0, **values)
            row.reason = "更正".encode()
            county.submit(submission(row))
        elif kind < 0.6:
            county.submit(submission(entry(unit, f"v{dice.random()}", occurred=period * 100 + 15, amount_fen=dice.randint(1, 10**6))))
        elif kind < 0.7:
            prefecture.submit(submission(pb.Extension(unit=unit, period=period, form=form, event=dice.choice([pb.DUE, pb.CLOSED]),
                                                      until=china(2013, 12, dice.randint(1, 28)), reason=b"x")))
        elif item:
            decision = dice.choice([pb.PASS, pb.PASS, pb.RETURN, pb.TAKE])
            by = self.wires["province"] if decision == pb.TAKE else dice.choice([prefecture, self.wires["province"]])
            by.submit(submission(pb.Review(unit=unit, period=period, form=form, revision=item.revision, step=item.step,
                                           decision=decision, reason=pb.OTHER, text="原因".encode())))

    def test_every_answer_again(self):
        dice = random.Random(20131130)
        kept = []
        for month in range(1, 10):
            self.at(2013, month + 1, 1 + dice.randint(0, 9), 9)
            for _ in range(30):
                self.step(dice, month)
                if dice.random() < 0.2:
                    kept.append([ask(self.wires["province"], kind, **fields) for kind, fields in QUESTIONS])
        self.assertGreater(len({answers[0].as_of.seq for answers in kept}), 30)
        approved = [sum(u.approved) for u in kept[-1][0].units]
        self.assertTrue(any(approved))
        self.assertGreater(sum(r.missing for r in kept[-1][4].rows), 0)
        dice.shuffle(kept)
        for answers in kept:
            for (kind, fields), before in zip(QUESTIONS, answers):
                # What speaks of a moment: that of the answer then.
                moment = getattr(before, "time_us", None)
                by_seq = pb.AsOf(seq=before.as_of.seq, time_us=moment)
                by_time = pb.AsOf(time_us=moment or before.as_of.time_us)
                for as_of in (by_seq, by_time):
                    again = ask(self.wires["province"], kind, as_of=as_of, **fields)
                    self.assertEqual(again.as_of.seq, before.as_of.seq)
                    self.assertEqual(again, before)

    def test_what_there_is_not(self):
        province = self.wires["province"]
        now = province.ping().as_of.seq
        refused = ask(province, "total", unit=22, as_of=pb.AsOf(seq=now + 1))
        self.assertEqual((codes(refused), refused.problems[0].limit), (["AS_OF_INVALID"], now))
        before_all = ask(province, "total", unit=22, as_of=pb.AsOf(time_us=1))
        self.assertEqual((before_all.as_of.seq, sum(before_all.units[0].reported)), (0, 0))
        later = ask(province, "total", unit=22, as_of=pb.AsOf(time_us=china(2020, 1, 1) * 10**6))
        present = ask(province, "total", unit=22)
        self.assertLessEqual(later.time_us, present.time_us)  # not later than now
        later.time_us = present.time_us
        self.assertEqual(later, present)
        watch = pb.TotalQuery(unit=22, to=201312, as_of=pb.AsOf(seq=1))
        setattr(watch, "from", 201301)
        self.assertEqual(codes(province.ask(pb.Request(watch=pb.Watch(query=watch))).refusal), ["AS_OF_INVALID"])
        scope = ask(self.wires["county-220122"], "total", unit=22, as_of=pb.AsOf(seq=1))
        self.assertEqual(codes(scope), ["UNIT_OUT_OF_SCOPE"])


class History(DrillTest):
    clock = "2013-05-03T09:00"

    def test_history(self):
        county, prefecture, province = (self.wires[n] for n in ("county-220122", "prefecture-2201", "province"))
        key = dict(unit=220122, period=201304, form=1)
        def history(wire=province, **change):
            return wire.ask(pb.Request(history=pb.HistoryQuery(key=pb.ReportKey(**{**key, **change}))))
        self.assertEqual(len(history().history.events), 0)
        self.assertIsInstance(prefecture.submit(submission(pb.Extension(event=pb.DUE, until=china(2013, 5, 10), reason="洪灾".encode(), **key))), pb.Receipt)
        self.assertIsInstance(province.submit(submission(pb.Extension(unit=22, period=201304, form=1, event=pb.CLOSED, until=china(2013, 7, 1), reason=b"x"))), pb.Receipt)
        first = report(self.numbers, 220122, 201304, people_lifted=10, registered_people=90, special_industries=2)
        receipt = county.submit(submission(first))
        self.assertIsInstance(prefecture.submit(submission(pb.Review(revision=1, decision=pb.PASS, **key))), pb.Receipt)
        second = report(self.numbers, 220122, 201304, replaces=1, people_lifted=12, registered_people=90)
        second.reason = "漏报".encode()
        self.assertIsInstance(county.submit(submission(second)), pb.Receipt)
        self.assertIsInstance(prefecture.submit(submission(pb.Review(revision=2, step=1, decision=pb.RETURN, reason=pb.NO_EVIDENCE,
                                                                     text="请附材料".encode(), **key))), pb.Receipt)
        events = history().history.events
        self.assertEqual([(e.principal, e.revision, e.version, e.decision, e.event, e.text) for e in events], [
            ("prefecture-2201", 0, 0, 0, pb.DUE, "洪灾"), ("province", 0, 0, 0, pb.CLOSED, "x"),
            ("county-220122", 1, 1, 0, 0, ""), ("prefecture-2201", 1, 0, pb.PASS, 0, ""),
            ("county-220122", 2, 1, 0, 0, "漏报"), ("prefecture-2201", 2, 0, pb.RETURN, 0, "请附材料")])
        self.assertEqual((events[2].seq, events[2].time_us), (receipt.seq, receipt.time_us))
        self.assertEqual(dict(zip(events[2].indicators, events[2].values)), dict(zip(first.indicators, first.values)))
        self.assertEqual(dict(zip(events[4].indicators, events[4].values)), dict(zip(second.indicators, second.values)))
        self.assertEqual([e.seq for e in events], sorted(e.seq for e in events))
        self.assertEqual(codes(history(county, unit=220112).refusal), ["UNIT_OUT_OF_SCOPE"])
        self.assertEqual(codes(history(unit=229999).refusal), ["UNIT_UNKNOWN"])
        self.assertEqual(codes(history(form=9).refusal), ["FORM_UNKNOWN"])
        office = self.centre.offices["county-220122"]
        shown = office.run("history", "220122", "2013-04", "county", check=0).stdout
        self.assertIn("revision 2 (form version 1), because: 漏报\n    People lifted out of poverty (people_lifted): 10 → 12\n"
                      "    Special industries of the county (special_industries): 2 → –\n", shown)
        self.assertIn("due of 220122 农安县 extended to 2013-05-10 00:00, because: 洪灾", shown.replace("2013-05-09 24:00", "2013-05-10 00:00"))
        self.assertIn("第 2 版退回：缺少依据，请附材料", office.run("history", "220122", "2013-04", "county", language="zh_CN.UTF-8", check=0).stdout)
        office.run("history", "220122", check=2)


class Completeness(DrillTest):
    clock = "2013-01-20T09:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(os.path.join(PLAN, "calendar.csv"), encoding="utf-8") as file:
            cls.days = {datetime.date.fromisoformat(r["date"]): r["kind"] == "work" for r in csv.DictReader(file)}

    def due(self, period):
        """The 5th of the next month, or the next working day; its end."""
        year, month = divmod(period, 100)
        day = datetime.date(year + month // 12, month % 12 + 1, 5)
        while not self.days.get(day, day.weekday() < 5):
            day += datetime.timedelta(days=1)
        return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), CHINA).timestamp()

    def check(self, *units_and_levels):
        now = None
        for unit, by in units_and_levels:
            answer = ask(self.wires["province"], "completeness", unit=unit, by=by, whole=True)
            now = answer.time_us / 1e6
            for row in answer.rows:
                self.assertEqual(self.row(row), self.expected(row.unit, now), (unit, by, row.unit))
        return now

    @staticmethod
    def row(row):
        return dict(due=row.due, received=row.received, on_time=row.on_time, missing=row.missing, open=row.open,
                    open_received=row.open_received, returned=row.returned, approved=row.approved)

    def expected(self, top, now):
        owing = [u.code for u in self.catalogue.units if u.level >= pb.COUNTY and str(u.code).startswith(str(top))]
        came = {(unit, period): first for unit, period, first in self.centre.sql(
            "SELECT unit, period, extract(epoch FROM s.recorded_at)::float8 FROM report JOIN submission s USING (seq) "
            "WHERE revision = 1")}
        last = {(unit, period): (decision, current) for unit, period, decision, current in self.centre.sql(
            "SELECT DISTINCT ON (v.unit, v.period) v.unit, v.period, v.decision, v.revision = (SELECT max(revision) FROM report r "
            "WHERE r.unit = v.unit AND r.period = v.period AND r.form = v.form) FROM review v ORDER BY 1, 2, step DESC")}
        approved = {tuple(r) for r in self.centre.sql("SELECT unit, period FROM report_approved")}
        rows = dict.fromkeys(("due", "received", "on_time", "missing", "open", "open_received", "returned", "approved"), 0)
        for period in range(201301, 201313):
            if now < datetime.datetime(period // 100, period % 100, 1, tzinfo=CHINA).timestamp():
                continue
            due = self.due(period)
            for unit in owing:
                first = came.get((unit, period))
                if due > now:
                    rows["open"] += 1
                    rows["open_received"] += first is not None
                    continue
                rows["due"] += 1
                rows["missing"] += first is None
                if first is not None:
                    rows["received"] += 1
                    rows["on_time"] += first < due
                    rows["returned"] += last.get((unit, period)) == (pb.RETURN, True)
                    rows["approved"] += (unit, period) in approved
        self.assertEqual(rows["due"], rows["received"] + rows["missing"])
        return rows

    def test_against_sql(self):
        dice = random.Random(58)
        levels = ((22, pb.PROVINCE), (22, pb.PREFECTURE), (22, pb.COUNTY), (220122, pb.VILLAGE), (2201, 0))
        self.check(*levels)
        for month in range(1, 8):
            period = 201300 + month
            for day in (3, 5, 9, 14):
                self.at(2013, month + 1, day, 23, 30)
                for unit in dice.sample(self.units, len(self.units) // 3):
                    wire = self.wires[f"county-{str(unit)[:6]}"]
                    wire.submit(submission(report(self.numbers, unit, period)))
                self.check((22, pb.PREFECTURE), (2201, pb.COUNTY))
            for item in self.wires["province"].reports(2201, period, period):
                if dice.random() < 0.6:
                    decision = dice.choice([pb.PASS, pb.RETURN])
                    row = pb.Review(unit=item.key.unit, period=period, form=item.key.form, revision=1, decision=decision,
                                    reason=pb.OTHER, text=b"x")
                    self.assertIsInstance(self.wires["prefecture-2201"].submit(submission(row)), pb.Receipt)
                    if decision == pb.RETURN and dice.random() < 0.5:
                        row = report(self.numbers, item.key.unit, period, replaces=1)
                        self.assertIsInstance(self.wires[f"county-{str(item.key.unit)[:6]}"].submit(submission(row)), pb.Receipt)
        self.check(*levels)

    def test_list_is_worst_first_and_adds_up(self):
        """Sorted behind the one above: in August."""
        answer = ask(self.wires["province"], "completeness", unit=2201, missing=True, late=True)
        missing = [d for d in answer.duties if not d.first_time]
        late = [d for d in answer.duties if d.first_time]
        self.assertEqual(answer.duties[:len(missing)], missing)
        self.assertEqual(len(missing), answer.rows[0].missing)
        self.assertEqual(len(late), answer.rows[0].received - answer.rows[0].on_time)
        self.assertEqual([d.due for d in missing], sorted(d.due for d in missing))
        lateness = [d.first_time - d.due for d in late]
        self.assertEqual(lateness, sorted(lateness, reverse=True))
        self.assertEqual((sum(lateness), max(lateness)), (answer.rows[0].late_seconds, answer.rows[0].late_most))
        self.assertEqual({d.due for d in answer.duties}, {self.due(p) for p in range(201301, 201308)})
        few = ask(self.wires["province"], "completeness", unit=2201, missing=True, late=True, limit=3)
        self.assertEqual((list(few.duties), few.more), (list(answer.duties[:3]), len(answer.duties) - 3))

    def test_zz_an_extension_makes_it_timely(self):
        """Last: one county's July came late, until the prefecture says that it did not."""
        query = dict(unit=220122, forms=[1], first=201306, last=201306)
        period, unit = 201306, 220122
        def row():
            answer = ask(self.wires["province"], "completeness", **query).rows[0]
            return answer.due, answer.on_time, answer.missing
        if row()[2]:
            self.assertIsInstance(self.wires["prefecture-2201"].submit(submission(pb.Extension(
                unit=unit, period=period, form=1, event=pb.CLOSED, until=china(2014, 1, 1), reason=b"x"))), pb.Receipt)
            self.assertIsInstance(self.wires["county-220122"].submit(submission(report(self.numbers, unit, period))), pb.Receipt)
        self.assertIsInstance(self.wires["prefecture-2201"].submit(submission(pb.Extension(
            unit=unit, period=period, form=1, event=pb.DUE, until=china(2014, 1, 1), reason="洪灾".encode()))), pb.Receipt)
        # Now it is not due yet at all.
        self.assertEqual(row(), (0, 0, 0))
        self.at(2014, 1, 2)
        self.assertEqual(row(), (1, 1, 0))

    def test_bad_queries(self):
        province = self.wires["province"]
        for fields, expected in ((dict(unit=99), "UNIT_OUT_OF_SCOPE"), (dict(unit=229999), "UNIT_UNKNOWN"), (dict(unit=22, first=201313), "PERIOD_INVALID"),
                                 (dict(unit=22, forms=[8]), "FORM_UNKNOWN"), (dict(unit=2201, by=pb.PROVINCE), "LEVEL_INVALID")):
            self.assertEqual(codes(ask(province, "completeness", **fields)), [expected])


class Commands(unittest.TestCase):
    def test_late(self):
        plan = copy_plan(os.path.join(new_directory(), "plan"), deadlines=True)
        centre = Centre(offices=OFFICES, plan=plan, options=("--clock", "2013-02-03T09:00")).start()
        try:
            county, province, admin = (centre.offices[n] for n in ("county-222403", "province", "admin"))
            sheet = os.path.join(centre.directory, "s.csv")
            with open(sheet, "w", encoding="utf-8") as file:
                file.write("unit,period,people_lifted,households_lifted,registered_people\n222403,2013-01,1,1,1\n")
            self.assertIn("222403 敦化市 ", county.run("completeness", "222403", check=0).stdout)
            admin.run("clock", "2013-02-07T09:00", check=0)
            out = county.run("late", check=0).stdout
            self.assertRegex(out, r"222403 +敦化市 +敦化市 county +2013-01 missing +1 d 9 h 2013-02-05 24:00 2013-02-20 24:00")
            county.run("submit", sheet, check=0)
            out = county.run("late", "222403", "2013-01", "county", "--all", language="zh_CN.UTF-8", check=0).stdout
            self.assertRegex(out, r"迟报 1天 9小时")
            self.assertNotIn("222403 ", county.run("late", "222403", "2013-01", "county", check=0).stdout)
            table = province.run("completeness", "22", "2013-01", "county", "--by", "prefecture", check=0).stdout
            self.assertRegex(table, r"22 +吉林省 total +61 +1 +1\.6% +0 +0\.0% +1 d 9 h +60 ")
            csv_rows = list(csv.DictReader(province.run("completeness", "22", "--by", "prefecture", "--format", "csv", check=0).stdout.splitlines()))
            self.assertEqual(len(csv_rows), 11)
            admin.run("late", "--limit", "x", check=2)
            admin.run("completeness", "22", "--by", "street", check=2)
            before = province.run("completeness", "22", "2013-01", "county", "--as-of", "2013-02-07T09:00", check=0).stdout
            self.assertRegex(before, r"22 +吉林省 +61 +0 +0\.0%")
            province.run("total", "22", "--as-of", "yesterday", check=2)
            province.run("total", "22", "--as-of", "77", check=3)
        finally:
            centre.stop()
            centre.check_log()


if __name__ == "__main__":
    unittest.main()
