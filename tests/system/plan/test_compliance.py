"""The plan's rules, judged live: the same findings in a table, in JSON, in a file and over the wire; pushes when a rule
turns, by an entry and by a day; as of then; a rule that a plan adds; what no plan may ask."""
import csv
import json
import os
import pty
import re
import select
import subprocess
import unittest

from harness import PLAN, Centre, CentreTest, china, copy_plan, edit_csv, entry, new_directory, pb, report, submission, wait_for
from wire import codes

OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112")
PROVINCE, PREFECTURE, COUNTY, OTHER = 22, 2201, 220122, 220112
VILLAGE = 220122101901
CHINESE = "zh_CN.UTF-8"
DEVELOPMENT, SECTOR, INDUSTRY, ROADS = 1, 5, 1, 2
with open(os.path.join(PLAN, "rules.csv"), encoding="utf-8") as rules:
    RULES = len(list(csv.DictReader(rules)))


class Rules(CentreTest):
    """A drill: the tests run one after the other, in the order of their names, and the clock goes forwards."""

    @classmethod
    def setUpClass(cls):
        cls.options = {"offices": OFFICES, "options": ("--clock", "2013-05-10T09:00"), "label": "a label"}
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.rules = {rule.code: rule for rule in cls.catalogue.rules}
        cls.vouchers = 0

    def at(self, *when):
        pong = self.wires["admin"].set_clock(china(*when))
        self.assertIsInstance(pong, pb.Pong, pong)

    def book(self, unit, kind, amount_fen, office="county-220122", source=DEVELOPMENT, occurred=20130510, **fields):
        """The voucher of one entry that was taken."""
        type(self).vouchers += 1
        voucher = f"R-{self.vouchers}"
        receipt = self.wires[office].submit(submission(entry(unit, voucher, kind, source, amount_fen, occurred, **fields)))
        self.assertIsInstance(receipt, pb.Receipt, receipt)
        type(self).seq = receipt.seq
        return voucher

    def ask(self, unit, *rules, office="province", **fields):
        query = pb.ComplianceQuery(unit=unit, rules=[self.rules[rule].number for rule in rules], **fields)
        reply = self.wires[office].ask(pb.Request(compliance=query))
        return getattr(reply, reply.WhichOneof("body"))

    def finding(self, unit, rule):
        found = [f for f in self.ask(unit, rule).findings if f.unit == unit]
        self.assertLessEqual(len(found), 1)
        return found[0] if found else None

    def run_json(self, *words, office="province"):
        return json.loads(self.centre.offices[office].run("compliance", *words, "--format", "json", check=0).stdout)

    # ---------------------------------------------------------------- what is found

    def test_1_money_turns_a_rule_to_the_fen(self):
        self.assertEqual(len(self.rules), RULES)
        self.assertEqual(self.rules["kept_back"].notice, "四(二)")
        self.assertIsNone(self.finding(COUNTY, "special_per_village"))  # no village has started
        self.wires["county-220122"].submit(submission(report(self.numbers, VILLAGE, 201304, village_started=1)))
        self.book(PROVINCE, pb.RAISED, 300_000_000, office="province")
        sent = self.book(PROVINCE, pb.SENT_DOWN, 200_000_000, office="province", counterparty=COUNTY)
        self.book(COUNTY, pb.RECEIVED, 150_000_000, counterparty=PROVINCE, refers=sent)
        self.book(COUNTY, pb.GRANTED, 99_999_999, counterparty=VILLAGE, use=INDUSTRY)
        found = self.finding(COUNTY, "special_per_village")
        self.assertEqual((found.state, found.measured, found.required, found.shortfall_fen, found.due),
                         (pb.AMBER, 99_999_999, 100_000_000, 1, 20131231))
        self.assertEqual({f.name: f.number for f in found.figures}, {"granted_fen": 99_999_999, "villages_started": 1})
        self.book(COUNTY, pb.GRANTED, 1, counterparty=VILLAGE, use=ROADS)
        for unit in (COUNTY, PREFECTURE, PROVINCE):
            self.assertEqual(self.finding(unit, "special_per_village").state, pb.GREEN)
        self.assertEqual(self.finding(VILLAGE, "industry_share").measured, 9999)

    def test_2_tables_and_files(self):
        county = self.centre.offices["county-220122"]
        table = county.run("compliance", "--rule", "special_per_village,kept_back", "--by", "county", check=0).stdout
        self.assertRegex(table, r"^state +rule +section +code +unit +measured +required +measure +short by \(yuan\) +counts by +figures\n")
        self.assertRegex(table, r"\ngreen +Special funds per started village on average +三\(二\) +220122 +农安县 +1,000,000\.00 +≥ +1,000,000\.00 +yuan +– +"
                                r"2013-12-31 +granted 1,000,000\.00, villages_started 1\n")
        self.assertIn("\n0 red, 0 amber, 2 green, 0 not judged\nas of commit ", table)
        self.assertIn("\na label\n", table)
        self.assertNotIn("\033", table)
        chinese = county.run("compliance", "农安县", "--rule", "专项资金滞留", language=CHINESE, check=0).stdout
        self.assertRegex(chinese, r"\n达标 +专项资金滞留 +四\(二\) +220122 +农安县 +0 +≤ +30 +天")
        everything = self.run_json("22")
        self.assertEqual(everything["label"], "a label")
        states = [f["state"] for f in everything["findings"]]
        self.assertEqual({state: states.count(state) for state in ("red", "not_judged", "amber", "green")}, everything["counts"])
        self.assertEqual(states, sorted(states, key=["red", "not_judged", "amber", "green"].index))
        self.assertEqual({f["state"] for f in self.run_json("22", "--state", "red,amber")["findings"]}, {"red", "amber"})
        self.assertEqual({f["unit"] for f in self.run_json("22", "--by", "prefecture")["findings"]} - set(range(2200, 2300)), set())
        path = os.path.join(self.centre.directory, "c.csv")
        county.run("compliance", "--output", path, check=0)
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        mine = self.run_json(office="county-220122")["findings"]
        self.assertEqual([row[3] for row in rows[1:]], [str(f["unit"]) for f in mine])
        county.run("compliance", "--output", os.path.join(self.centre.directory, "c.xlsx"), check=0)

    def test_2_wrong_words(self):
        county = self.centre.offices["county-220122"]
        for words, status, text in ((("--rule", "kept"), 2, "kept: the plan has no such rule; it has: special_per_village "),
                                    (("--state", "pink"), 2, "--state pink"), (("--by", "street"), 2, "--by LEVEL"),
                                    (("nowhere",), 2, "nowhere"), (("--by", "prefecture"), 3, "LEVEL_INVALID")):
            result = county.run("compliance", *words)
            self.assertEqual(result.returncode, status, (words, result.stderr))
            self.assertTrue(text in result.stderr or status == 3, (words, result.stderr))

    def test_2_colours_on_a_terminal_only(self):
        office = self.centre.offices["province"]
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            primary, secondary = pty.openpty()
            with subprocess.Popen(office.command("compliance", "22", "--by", "province"), stdout=secondary, stderr=secondary,
                                  env={**os.environ, "LC_ALL": "C", "TERM": "xterm", **environment}) as process:
                os.close(secondary)
                text = b""
                try:
                    while part := os.read(primary, 65536):
                        text += part
                except OSError:
                    pass  # how a terminal says that the other end is closed
                self.assertEqual(process.wait(), 0)
            os.close(primary)
            self.assertEqual(b"\033[" in text, coloured, text[:500])
            self.assertIn(b"red", text)

    def test_3_who_may_ask(self):
        for office, unit in (("county-220122", PREFECTURE), ("county-220122", OTHER), ("prefecture-2201", PROVINCE), ("prefecture-2201", 2202)):
            self.assertEqual(codes(self.ask(unit, office=office)), ["UNIT_OUT_OF_SCOPE"])
            reply = self.wires[office].ask(pb.Request(watch=pb.Watch(compliance=pb.ComplianceQuery(unit=unit))))
            self.assertEqual(codes(reply.refusal), ["UNIT_OUT_OF_SCOPE"])
        self.assertTrue(self.ask(VILLAGE, office="county-220122").findings)
        unknown = self.wires["province"].ask(pb.Request(compliance=pb.ComplianceQuery(unit=22, rules=[999])))
        self.assertEqual(codes(unknown.refusal), ["RULE_UNKNOWN"])
        both = pb.Watch(compliance=pb.ComplianceQuery(unit=22), query=pb.TotalQuery(unit=22))
        self.assertEqual(codes(self.wires["province"].ask(pb.Request(watch=both)).refusal), ["MALFORMED"])

    def test_3_pages(self):
        whole = {(f.rule, f.unit): f for f in self.pages()}
        self.assertEqual(sum(c.findings for c in self.ask(PROVINCE).counts), len(whole))
        self.assertEqual({(f.rule, f.unit): f for f in self.pages(limit=7)}, whole)

    def pages(self, **fields):
        after, found = None, []
        while True:
            answer = self.ask(PROVINCE, after=after, **fields)
            found += answer.findings
            if not answer.HasField("next"):
                return found
            after = answer.next

    # ---------------------------------------------------------------- pushes

    def watch(self, unit, *rules, office="province", **fields):
        query = pb.ComplianceQuery(unit=unit, rules=[self.rules[rule].number for rule in rules], **fields)
        wire = self.centre.wire(office)
        reply = wire.ask(pb.Request(watch=pb.Watch(compliance=query)))
        self.assertTrue(reply.HasField("compliance"), reply)
        return wire, reply

    def turns(self, wire, watch):
        while True:
            reply = wire.receive()
            self.assertEqual((reply.WhichOneof("body"), reply.request_id), ("push", watch))
            wire.send(pb.Request(ack=pb.Ack(watch=watch, seq=reply.push.as_of.seq)))
            if reply.push.compliance.turns:
                return reply.push

    def test_4_an_entry_turns_a_rule(self):
        wire, begun = self.watch(COUNTY, "industry_share_of_grants", office="county-220122")
        beside, _ = self.watch(OTHER, office="county-220112")
        number = self.rules["industry_share_of_grants"].number
        self.assertEqual(begun.compliance.findings[0].state, pb.GREEN)
        self.book(COUNTY, pb.GRANTED, 49_999_999, counterparty=VILLAGE, use=ROADS)
        push = self.turns(wire, begun.request_id)
        self.assertEqual([(t.rule, t.unit, getattr(t, "from"), t.to) for t in push.compliance.turns],
                         [(number, COUNTY, pb.GREEN, pb.AMBER)])
        self.assertEqual(push.as_of.seq, self.seq)
        self.assertEqual([(c.state, c.findings) for c in push.compliance.counts], [(pb.AMBER, 1)])
        # Nothing that turns: no push. The next one that does comes alone.
        sent = self.book(PROVINCE, pb.SENT_DOWN, 100_000_000, office="province", counterparty=COUNTY)
        self.book(COUNTY, pb.RECEIVED, 100_000_000, counterparty=PROVINCE, refers=sent)
        self.book(COUNTY, pb.GRANTED, 50_000_000, counterparty=VILLAGE, use=INDUSTRY)
        push = self.turns(wire, begun.request_id)
        self.assertEqual([t.to for t in push.compliance.turns], [pb.GREEN])
        self.assertEqual((push.since_seq < push.as_of.seq, push.as_of.seq), (True, self.seq))
        self.assertFalse(beside.socket.poll(0))
        for one in (wire, beside):
            one.close()
            self.centre.wires.remove(one)

    def next_line(self, process):
        if not select.select([process.stdout], [], [], 20)[0]:
            process.kill()
            self.fail("fupin watch says nothing")
        return json.loads(process.stdout.readline())

    def test_5_a_day_turns_a_rule(self):
        """Money on hand grows old; the client shows it as it turns, and what stands first."""
        office = self.centre.offices["county-220122"]
        with subprocess.Popen(office.command("watch", "--compliance", "--rule", "kept_back", "--count", "2"), stdout=subprocess.PIPE,
                              text=True, env=dict(os.environ, LC_ALL="C")) as process:
            self.addCleanup(process.kill)
            first = self.next_line(process)
            self.assertEqual((first["counts"], first["findings"]), ({"not_judged": 0, "red": 0, "amber": 0, "green": 1}, []))
            type(self).before = self.seq
            self.at(2013, 6, 9, 23, 59)
            self.assertEqual(self.finding(COUNTY, "kept_back").state, pb.GREEN)
            self.at(2013, 6, 10, 0, 0)
            turned = self.next_line(process)
            self.assertEqual(process.wait(20), 0)
        self.assertEqual(turned["turns"], [{"rule": "kept_back", "unit": COUNTY, "name": "农安县", "from": "green", "to": "red"}])
        found = self.finding(COUNTY, "kept_back")
        self.assertEqual((found.state, found.measured, found.required), (pb.RED, 31, 30))
        self.assertEqual(found.shortfall_fen, 50_000_001)

    # ---------------------------------------------------------------- as of then

    def test_6_as_of_then(self):
        asked = f"{self.before}@2013-06-09T12:00"
        then = self.run_json(str(COUNTY), "--rule", "kept_back", "--as-of", asked)
        self.assertEqual([f["state"] for f in then["findings"]], ["green"])
        self.book(COUNTY, pb.GRANTED, 50_000_001, counterparty=VILLAGE, use=ROADS, occurred=20130610)
        self.assertIsNone(self.finding(COUNTY, "kept_back"))
        at_commit = lambda seq, time: self.run_json("22", "--rule", "kept_back", "--as-of", f"{seq}@{time}")
        states = lambda answer: {f["unit"]: (f["state"], f["measured"]) for f in answer["findings"]}
        self.assertEqual(states(at_commit(self.before, "2013-06-10T00:00"))[COUNTY], ("red", "31"))
        self.assertEqual(states(at_commit(self.before, "2013-06-09T12:00"))[COUNTY], ("green", "30"))
        self.assertNotIn(COUNTY, states(at_commit(self.seq, "2013-06-10T00:00")))
        # The present is not moved by what was asked of the past.
        self.assertIsNone(self.finding(COUNTY, "kept_back"))
        whole = self.run_json("22", "--as-of", f"{self.seq}@2013-06-10T00:00")
        self.assertEqual(whole["findings"], self.run_json("22")["findings"])

    def test_7_after_a_restart_it_is_the_same(self):
        before = self.run_json("22")["findings"]
        self.assertEqual(self.centre.stop(), 0)
        self.centre.start()
        type(self).wires = {name: self.centre.wire(name) for name in OFFICES}
        self.assertEqual(self.run_json("22")["findings"], before)


# ---------------------------------------------------------------- plans

LIFTED = """SELECT p.unit,
       f.value AS measured,
       :threshold AS required,
       :today AS today
  FROM place p
  JOIN figure f ON f.unit = p.unit AND f.indicator = 'people_lifted'
"""


class PlanOfRules(unittest.TestCase):
    def setUp(self):
        self.plan = copy_plan(os.path.join(new_directory(), "plan"))
        self.centre = Centre(plan=self.plan, offices=("province", "admin", "county-220122"), options=("--clock", "2013-05-10T09:00"))

    def tearDown(self):
        self.centre.stop()
        if self.centre.process:
            self.centre.check_log()

    def write(self, name, sql, **fields):
        row = dict(number="90", rule=name, level="county province", severity="amber", bound="at_least", threshold="100",
                   measure="count", due="", name_zh="脱贫一百人", name_en="A hundred people lifted", notice="二", **fields)
        edit_csv(os.path.join(self.plan, "rules.csv"), lambda rows: rows[:RULES] + [row])
        with open(os.path.join(self.plan, "rules", name + ".sql"), "w", encoding="utf-8") as file:
            file.write(sql)

    def test_a_rule_of_next_years_plan(self):
        """A rule more, and another threshold: no new binary. The answers of then keep the rules of then."""
        self.centre.start()
        wire = self.centre.wire("county-220122")
        numbers = {i.code: i.number for i in wire.catalogue().indicators}
        seq = wire.submit(submission(report(numbers, COUNTY, 201304, people_lifted=99, registered_people=1000))).seq
        office = self.centre.offices["county-220122"]
        self.assertEqual(office.run("compliance", "--rule", "lifted").returncode, 2)
        self.assertEqual(self.centre.stop(), 0)
        self.write("lifted", LIFTED)
        self.centre.start()
        found = json.loads(office.run("compliance", "--rule", "lifted", "--format", "json", check=0).stdout)["findings"]
        self.assertEqual([(f["state"], f["measured"], f["required"], f["rule_name"], f["notice"], f["figures"]) for f in found],
                         [("amber", "99", "100", "A hundred people lifted", "二", {"today": "2013-05-10"})])
        self.assertEqual(self.centre.stop(), 0)
        edit_csv(os.path.join(self.plan, "rules.csv"), lambda rows: [r.update(threshold="99") for r in rows if r["rule"] == "lifted"] and None)
        self.centre.start()
        found = json.loads(office.run("compliance", "--rule", "lifted", "--format", "json", check=0).stdout)["findings"]
        self.assertEqual([f["state"] for f in found], ["green"])
        self.assertEqual(office.run("compliance", "--rule", "lifted", "--as-of", f"{seq}@2013-05-10T08:59").returncode, 2)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM plan_rule"), [(RULES + 1,)])

    def refused(self, *texts):
        result = self.centre.load()
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        for text in texts:
            self.assertIn(text, result.stderr)

    def test_wrong_sql_is_refused_by_name(self):
        for sql, text in ((LIFTED.replace("f.value", "f.valu"), "no such column: f.valu"),
                          (LIFTED.replace("people_lifted", "people_lift"), 'the plan has no indicator "people_lift"'),
                          (LIFTED.replace(" AND f.indicator = 'people_lifted'", ""), "more than one unit"),
                          ("DELETE FROM place", "may not be modified"), ("ATTACH '/etc/passwd' AS x", "it does what no rule may"),
                          (LIFTED + ";" + LIFTED, "it is not one SELECT"), (LIFTED.replace("required", "wanted"), "it has no column required")):
            self.write("lifted", sql)
            self.refused("rules/lifted.sql: ", text)
        os.unlink(os.path.join(self.plan, "rules", "lifted.sql"))
        self.refused(f"rules.csv:{RULES + 2}: column rule: rules/lifted.sql is not there")

    def test_wrong_rows_are_refused_by_row_and_column(self):
        for column, value, text in (("severity", "pink", "is neither red nor amber"), ("bound", "about", "is neither at_least nor at_most"),
                                    ("measure", "miles", "is not a measure"), ("threshold", "1.5", "is not a number"), ("level", "street", "is not levels"),
                                    ("level", "", "names no level"), ("due", "soon", "is not a date"), ("rule", "../x", "is not a name of small letters"),
                                    ("name_zh", "", "must not be empty"), ("number", "x", "is not a number")):
            self.write("lifted", LIFTED)
            edit_csv(os.path.join(self.plan, "rules.csv"), lambda rows: rows[-1].update({column: value}))
            self.refused(f'rules.csv:{RULES + 2}: column {column}: ', text)
        self.write("lifted", LIFTED)
        edit_csv(os.path.join(self.plan, "rules.csv"), lambda rows: rows[-1].update(number="8"))
        self.refused("rule 8 (", "stands twice")

    def test_a_rule_that_fails_stops_nothing(self):
        """Shown with its reason; everything else goes on."""
        self.write("lifted", "SELECT p.unit, count(*) AS measured, 1 AS required FROM place p, place a, place b, place c, place d GROUP BY p.unit")
        self.centre.start()
        office = self.centre.offices["province"]
        answer = json.loads(office.run("compliance", "--format", "json", check=0).stdout)
        failed = [f for f in answer["findings"] if f["state"] == "not_judged"]
        self.assertEqual({(f["rule"], f["reason"], f["measured"]) for f in failed}, {("lifted", "it takes too long", None)})
        self.assertEqual(answer["counts"]["not_judged"], len(failed))
        self.assertGreater(answer["counts"]["red"], 0)
        wait_for("the log", lambda: re.search(r'event=rule_failed rule=lifted error="it takes too long"', self.centre.log()))
        self.assertIn("not judged", office.run("compliance", "--state", "not_judged", check=0).stdout)


if __name__ == "__main__":
    unittest.main()
