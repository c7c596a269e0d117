"""What was known when: every answer as of an earlier commit or time is the one that was given then; the history of a
report; completeness and lateness against plain SQL and a calendar of the test's own."""
import csv
import datetime
import os
import random
import unittest


from harness import (CHINA, PLAN, Centre, CentreTest, china, copy_plan, edit_csv, entry, new_directory, report, submission,
                     wait_for)
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


class PlanOfThen(unittest.TestCase):
    """The plan changes between two commits: what was shown before is shown again with the plan of then."""

    def setUp(self):
        self.plan = copy_plan(os.path.join(new_directory(), "plan"), deadlines=True)
        self.centre = Centre(offices=OFFICES, plan=self.plan, options=("--clock", "2013-02-03T09:00", "--label", "第一稿")).start()
        self.addCleanup(self.centre.stop)
        self.numbers = {i.code: i.number for i in self.centre.wire("province").catalogue().indicators}

    def restart(self, label):
        """The drill's clock goes on from where it was."""
        now = datetime.datetime.fromtimestamp(self.centre.wire("admin").ping().time_us // 1000000 + 60, CHINA)
        self.centre.stop()
        self.centre.options = ["--clock", now.strftime("%Y-%m-%dT%H:%M"), "--label", label]
        self.centre.start()

    def submit(self, period, people, replaces=0):
        answer = self.centre.wire("county-220122").submit(submission(report(self.numbers, 220122, period, replaces, people_lifted=people)))
        self.assertIsInstance(answer, pb.Receipt, answer)
        return answer.seq

    def at(self, *when):
        self.assertIsInstance(self.centre.wire("admin").set_clock(china(*when)), pb.Pong)

    def change(self):
        """A unit's name, a target, a deadline, an indicator's name, an item of the appraisal, a kind of document, a new form version."""
        def edit(name, how):
            edit_csv(os.path.join(self.plan, name), how)
        def rename(rows):
            next(r for r in rows if r["code"] == "220122")["name"] = "农安新县"
        def names(rows):
            for row in rows:
                if row["indicator"] == "people_lifted":
                    row["name_zh"], row["name_en"] = "减贫人数", "People out of poverty"
        def targets(rows):
            next(r for r in rows if r.get("indicator") == "people_lifted" or "people_lifted" in r.values())["value"] = "200000"
        def deadlines(rows):
            for row in rows:
                if row["event"] == "due":
                    row["day"] = "9"
        def forms(rows):
            old = next(r for r in rows if r["form"] == "township")
            rows.append(dict(old, version="2", first_period="2013-02"))
            old["last_period"] = "2013-01"
        def fields(rows):
            names(rows)
            rows += [dict(r, version="2") for r in rows if r["form"] == "township"]
        edit("units.csv", rename)
        edit("targets.csv", targets)
        edit("deadlines.csv", deadlines)
        edit("forms.csv", forms)
        edit("indicators.csv", fields)
        edit("appraisal.csv", lambda rows: rows[0].update(name_zh="改名", name_en="Renamed"))
        edit("documents.csv", lambda rows: rows[0].update(name_zh="新方案", name_en="New plan"))

    COMMANDS = (("total", "22", "--by", "county"), ("completeness", "2201", "2013-01", "--by", "county"), ("late", "2201", "2013-01", "--limit", "3"),
                ("target", "show", "22"), ("review", "list", "2201", "--state", "sent"), ("appraisal", "2201", "2013-01", "--explain"),
                ("document", "list", "220122"), ("forms",), ("forms", "township"), ("forms", "county"), ("units", "220122"))

    def printed(self, as_of=()):
        office = self.centre.offices["province"]
        tables = [office.run(*command, *as_of, "--format", kind, check=0).stdout for command in self.COMMANDS for kind in ("table", "json")]
        return tables + [office.run("total", "22", *as_of, check=0, language="zh_CN.UTF-8").stdout]

    def catalogue(self, **as_of):
        query = pb.CatalogueQuery(units=True, forms=True, as_of=pb.AsOf(**as_of) if as_of else None)
        return self.centre.wire("province").ask(pb.Request(catalogue=query)).catalogue

    def plans(self):
        return self.centre.sql("SELECT number, since_seq FROM plan_history ORDER BY 1")

    def test_plan_of_then(self):
        seq = self.submit(201301, 10)
        self.at(2013, 2, 7, 9)
        moment = "2013-02-07T09:00"
        shown, catalogue = self.printed(("--as-of", f"{seq}@{moment}")), self.catalogue()
        plain = self.printed(("--as-of", str(seq)))
        self.assertEqual(self.plans(), [(1, 0)])
        self.restart("第一稿")
        self.assertEqual(self.plans(), [(1, 0)])  # the same again
        self.at(2013, 2, 8, 9)
        self.change()
        self.restart("第二稿")
        self.assertEqual(self.plans(), [(1, 0), (2, seq)])
        # No commit since: the number alone is as it was known when it was committed, a time decides, and now is now.
        self.assertEqual(self.printed(("--as-of", str(seq))), plain)
        self.assertEqual(self.printed(("--as-of", f"{seq}@{moment}")), shown)
        self.assertEqual(self.printed(("--as-of", moment)), shown)
        now = self.printed()
        for table, command in zip(now[::2], self.COMMANDS):
            if command != ("review", "list", "2201", "--state", "sent"):
                self.assertNotIn(table, shown)
        self.assertIn("第二稿", now[0])
        self.at(2013, 2, 8, 9, 30)
        self.assertEqual(self.printed(("--as-of", "2013-02-08T09:30"))[-1], self.printed()[-1])
        # Behind further commits and plans. What the new plan alone can read has it, whatever the time that it is judged at.
        township = next(u.code for u in catalogue.units if u.level == pb.TOWNSHIP and u.code // 1000 == 220122)
        answer = self.centre.wire("county-220122").submit(submission(report(self.numbers, township, 201302, version=2, township_one_industry=1)))
        self.assertIsInstance(answer, pb.Receipt, answer)
        later = self.submit(201302, 5)
        office = self.centre.offices["province"]
        self.assertIn("第二稿", office.run("total", "22", "--as-of", f"{later}@{moment}", check=0).stdout)
        self.restart("第三稿")
        self.assertEqual(self.plans(), [(1, 0), (2, seq), (3, later)])
        self.submit(201302, 6, replaces=1)
        self.assertEqual(self.printed(("--as-of", f"{seq}@{moment}")), shown)
        self.assertEqual(self.catalogue(seq=seq), catalogue)
        self.assertEqual(self.catalogue(seq=later).label, "第二稿")
        self.assertEqual(self.catalogue(time_us=1), catalogue)  # before all plans: the first
        self.assertEqual(self.catalogue().label, "第三稿")
        self.assertEqual(self.catalogue(seq=later + 1), self.catalogue())
        page = self.centre.offices["province"].run("bulletin", "2013-01", "2201", "--as-of", f"{seq}@{moment}", check=0).stdout
        self.assertIn("农安县", page)
        self.assertIn("第一稿", page)
        county = self.centre.wire("county-220122").ask(pb.Request(catalogue=pb.CatalogueQuery(units=True, as_of=pb.AsOf(seq=seq)))).catalogue
        self.assertEqual({u.code for u in county.units}, {22, 2201} | {u.code for u in catalogue.units if str(u.code).startswith("220122")})
        for command in (("target", "load", "x.csv"), ("review", "pass", "220122"), ("document", "send", "plan", "x.pdf")):
            self.assertIn("--as-of: only for what is shown", self.centre.offices["province"].run(*command, "--as-of", "1", check=2).stderr)
        self.centre.verify()

    def test_many_plans_and_questions(self):
        """Pasts come and go while answers about others are on their way."""
        answers = {}
        for n in range(1, 6):
            seq = self.submit(201301, n, replaces=n - 1)
            answers[seq] = f"第 {n} 稿"
            self.restart(f"第 {n + 1} 稿")
        wires = [self.centre.wire("province") for _ in range(4)]
        dice = random.Random(5)
        sent = {}
        for _ in range(200):
            self.ask_as_of(dice.choice(wires), dice.choice(list(answers)), sent)
        expected = {"第 1 稿": "第一稿"}
        for wire in wires:
            while any(w is wire for w, _ in sent):
                reply = wire.receive()
                seq = sent.pop((wire, reply.request_id))
                if reply.WhichOneof("body") == "refusal":
                    self.assertEqual(codes(reply.refusal), ["BUSY"])
                    self.ask_as_of(wire, seq, sent)
                else:
                    self.assertEqual(reply.total.label, expected.get(answers[seq], answers[seq]))

    def ask_as_of(self, wire, seq, sent):
        query = pb.TotalQuery(unit=22, to=201312, as_of=pb.AsOf(seq=seq))
        setattr(query, "from", 201301)
        sent[wire, wire.send(pb.Request(total=query))] = seq

    def test_flood_of_questions(self):
        """Who asks very much about the past waits behind himself."""
        seqs = [self.submit(201301, n, replaces=n - 1) for n in range(1, 6)]
        flood = [self.centre.wire("province") for _ in range(4)]
        county, admin = self.centre.wire("county-220122"), self.centre.wire("admin")
        # Until all have asked, the database answers nothing of the past.
        holder = self.centre.lock("LOCK TABLE submission IN ACCESS EXCLUSIVE MODE")
        self.addCleanup(holder.close)
        sent, replies = {}, []
        for number in range(240):
            self.ask_as_of(flood[number % 4], seqs[number % 4], sent)
        wait_for("all but 8 are told BUSY", lambda: self.take(flood, replies) == 240 - 8)
        for reply in replies:
            self.assertEqual(codes(reply.refusal), ["BUSY"])
            self.assertGreater(reply.refusal.retry_after_ms, 0)
        history = pb.HistoryQuery(key=pb.ReportKey(unit=220122, period=201301, form=1))
        county.send(pb.Request(history=history))
        admin.send(pb.Request(reload=pb.Reload()))
        county.ping()  # so that the question has been taken
        admin.send(pb.Request(ping=pb.Ping()))
        told = [admin.receive().WhichOneof("body")]
        while "pong" not in told:
            told.append(admin.receive().WhichOneof("body"))
        self.assertEqual(self.take(flood, replies), 240 - 8)
        holder.rollback()
        while "reloaded" not in told:
            told.append(admin.receive().WhichOneof("body"))
        self.assertEqual(len(county.receive().history.events), 5)
        wait_for("the 8 are answered", lambda: self.take(flood, replies) == 240)
        self.assertEqual([reply.WhichOneof("body") for reply in replies[-8:]], ["total"] * 8)
        self.assertIsInstance(ask(flood[0], "total", unit=22, as_of=pb.AsOf(seq=seqs[0])), pb.Total)

    def take(self, wires, replies):
        """What has come by now; how many that are."""
        for wire in wires:
            while wire.socket.poll(0):
                replies.append(wire.receive())
        return len(replies)


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
        now, journal = None, self.journal()
        for unit, by in units_and_levels:
            answer = ask(self.wires["province"], "completeness", unit=unit, by=by, whole=True)
            now = answer.time_us / 1e6
            for row in answer.rows:
                self.assertEqual(self.row(row), self.expected(row.unit, now, *journal), (unit, by, row.unit))
        return now

    @staticmethod
    def row(row):
        return dict(due=row.due, received=row.received, on_time=row.on_time, missing=row.missing, open=row.open,
                    open_received=row.open_received, returned=row.returned, approved=row.approved)

    def journal(self):
        """When reports came first, how they stand, which are approved: as the database has it."""
        came = {(unit, period): first for unit, period, first in self.centre.sql(
            "SELECT unit, period, extract(epoch FROM s.recorded_at)::float8 FROM report JOIN submission s USING (seq) "
            "WHERE revision = 1")}
        last = {(unit, period): (decision, current) for unit, period, decision, current in self.centre.sql(
            "SELECT DISTINCT ON (v.unit, v.period) v.unit, v.period, v.decision, v.revision = (SELECT max(revision) FROM report r "
            "WHERE r.unit = v.unit AND r.period = v.period AND r.form = v.form) FROM review v ORDER BY 1, 2, step DESC")}
        approved = {tuple(r) for r in self.centre.sql("SELECT unit, period FROM report_approved")}
        return came, last, approved

    def expected(self, top, now, came, last, approved):
        owing = [u.code for u in self.catalogue.units if u.level >= pb.COUNTY and str(u.code).startswith(str(top))]
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
            admin.run("clock", "2013-02-07T08:30", check=0)
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
            before = province.run("completeness", "22", "2013-01", "county", "--as-of", "2013-02-07T08:30", check=0).stdout
            self.assertRegex(before, r"22 +吉林省 +61 +0 +0\.0%")
            province.run("total", "22", "--as-of", "yesterday", check=2)
            province.run("total", "22", "--as-of", "77", check=3)
        finally:
            centre.stop()
            centre.check_log()


if __name__ == "__main__":
    unittest.main()
