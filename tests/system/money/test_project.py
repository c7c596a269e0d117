"""Projects: a county's sheets lead them from approval to acceptance, with their money beside; what a clerk is told when a
step is out of order; the same after a restart, as of an earlier commit, and at a second centre."""
import json
import os
import re
import subprocess
import unittest

from harness import Centre, CentreTest, Database, copy_plan, edit_csv, entry, new_directory, submission, wait_for
from project_sheets import COUNTY, FUNDS, ROAD, VILLAGE
import fupin_pb2 as pb

OFFICES = ("province", "prefecture-2201", "county-220122", "county-220112")
OTHER = 220112
CHINESE = "zh_CN.UTF-8"
INDUSTRY, INFRASTRUCTURE = 1, 2

FARM = f"""unit,project,step,occurred,name,kind,leader,begins,ends,fiscal_development,document
{VILLAGE},farm,register,2013-03-01,Pig farm,special_industry,{COUNTY},2013-04-01,2013-09-30,300000,paper 8
"""


def step(code, kind, occurred=20130401, unit=VILLAGE, **fields):
    for name in ("note", "document"):
        fields[name] = fields.get(name, "文" if name == "document" else "").encode()
    return pb.ProjectRow(unit=unit, code=code.encode(), step=kind, occurred=occurred, **fields)


def plan(name="养殖小区", kind=1, leader=COUNTY, budget=10000, source=1, **fields):
    return pb.ProjectPlan(name=name.encode(), kind=kind, leader=leader, begins=20130601, ends=20130930,
                          budgets=[pb.ProjectBudget(source=source, amount_fen=budget)], **fields)


class ProjectTest(CentreTest):
    options = {"offices": OFFICES, "options": ("--clock", "2013-12-02T09:00")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.county, cls.prefecture = cls.centre.offices["county-220122"], cls.centre.offices["prefecture-2201"]
        for name, sheet in (("road", ROAD), ("farm", FARM), ("funds", FUNDS)):
            cls.submit(name, sheet)

    @classmethod
    def submit(cls, name, sheet, office=None, check=0, language="C"):
        path = os.path.join(cls.centre.directory, name + ".csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(sheet)
        return (office or cls.county).run("submit", path, check=check, language=language)

    def json(self, *words, office=None):
        return json.loads((office or self.county).run("project", *words, "--format", "json", check=0).stdout)

    def refused(self, sheet, message, office=None, language="C"):
        self.assertIn(message, self.submit("bad", sheet, office, check=3, language=language).stderr)

    # ---------------------------------------------------------------- reading

    def test_list(self):
        road = next(p for p in self.json("list", "22", office=self.centre.offices["province"]) if p["project"] == "路-1")
        self.assertEqual({k: road[k] for k in ("unit", "name", "kind", "state", "percent", "leader", "accept_by", "overdue")}, {
            "unit": VILLAGE, "name": "通村水泥路", "kind": "production", "state": "under_way", "percent": 40, "leader": COUNTY, "accept_by": "2013-11-30",
            "overdue": True})
        self.assertEqual(road["money"], [
            {"source": "fiscal_development", "budget": "600000.00", "granted": "500000.00", "under_grant": "200000.00", "on_hand": "0.01", "spent": "299999.99"},
            {"source": "sector", "budget": "400000.00", "granted": "0.00", "under_grant": "0.00", "on_hand": "0.00", "spent": "0.00"}])
        table = self.county.run("project", "list", language=CHINESE, check=0).stdout
        self.assertRegex(table, r"^代码 +单位 +项目编号 +项目名称 +类别 +状态 +进度% +支付% +预算\(元\) +安排\(元\) +报账\(元\) +支出\(元\) +待办 +验收期限 +验收单位\n")
        self.assertRegex(table, rf"\n{VILLAGE} \S+ +路-1 +通村水泥路 +生产性基础设施 +在建 +40 +59.9% +1,000,000.00 +500,000.00 +300,000.00 +299,999.99 +竣工 +2013-11-30 ! 农安县\n")
        self.assertRegex(table, r" farm +Pig farm +特色产业项目 +已立项 +0 +– +300,000.00 +0.00 +0.00 +0.00 +事前公示 ")
        overdue = self.json("list", "22", "--overdue", office=self.centre.offices["province"])
        self.assertIn("路-1", [p["project"] for p in overdue])
        self.assertNotIn("farm", [p["project"] for p in overdue])
        self.assertEqual([p["project"] for p in self.json("list", str(VILLAGE), "--state", "已立项")], ["farm"])
        self.assertEqual(self.json("list", str(OTHER), office=self.centre.offices["county-220112"]), [])
        self.county.run("project", "list", str(OTHER), check=3)
        self.county.run("project", "list", "--state", "lost", check=2)

    def test_show(self):
        text = self.county.run("project", "show", str(VILLAGE), "路-1", language=CHINESE, check=0).stdout
        for line in (r"路-1 通村水泥路，\S+ 220122101901\n", "生产性基础设施，计划 2013-05-01 至 2013-10-31，牵头 农安县\n", "在建，进度 40%；待办：竣工\n",
                     r"\n2013-03-20 四制 +项目法人责任制 +任命书", r"\n2013-05-30 进度 +40% +路基完成", r"\n财政发展资金 +600,000.00 +500,000.00 +200,000.00 +0.01 +299,999.99",
                     r"\n合计 +1,000,000.00 +500,000.00"):
            self.assertRegex(text, line)
        self.assertEqual([s["step"] for s in self.json("show", str(VILLAGE), "路-1")["steps"]],
                         ["register", "notice", "system", "system", "system", "system", "start", "progress"])
        self.assertIn("has no project nowhere", self.county.run("project", "show", str(VILLAGE), "nowhere", check=3).stderr)

    def test_as_of(self):
        self.assertEqual(self.json("show", str(VILLAGE), "路-1", "--as-of", "1")["money"][0]["granted"], "0.00")
        self.assertEqual([p["project"] for p in self.json("list", "--as-of", "1")], ["路-1"])

    def test_ledger_names_the_project(self):
        entries = json.loads(self.county.run("fund", "ledger", "--format", "json", check=0).stdout)
        self.assertEqual({e["voucher"]: e["project"] for e in entries if e["voucher"] in ("R", "G-1", "C-1")}, {"R": "", "G-1": "路-1", "C-1": "路-1"})

    # ---------------------------------------------------------------- what a clerk is told

    def test_refusals(self):
        head = "单位,项目编号,步骤,日期,文件依据,四制,验收合格,达标项,整改期限,摘要\n"
        self.refused(head + f"{VILLAGE},farm,开工,2013-06-01,,,,,,\n", "bad.csv: 第 2 行，“步骤”列：现在不能办理此步骤：planned 已立项 → notice 事前公示", language=CHINESE)
        self.refused(head + f"{VILLAGE},路-1,验收,2013-06-01,报告,,是,全部,,\n", "现在不能办理此步骤：under_way 在建 → finish 竣工", language=CHINESE)
        self.refused(head + f"{VILLAGE},路-9,事前公示,2013-06-01,公开栏,,,,,\n", "没有项目 路-9", language=CHINESE)
        self.refused(head + f"{VILLAGE},farm,事前公示,2013-06-01,,,,,,\n", "“文件依据”列：此项必填", language=CHINESE)
        self.refused(head + f"{VILLAGE},farm,盖章,2013-06-01,,,,,,\n", "row 2, column 步骤")
        self.refused(head + f"{VILLAGE},路-1,验收,2013-06-01,报告,,也许,1,,\n", "row 2, column 验收合格")
        self.refused(head + f"{VILLAGE},路-1,验收,2013-06-01,报告,,否,1 x,2013-07-01,路基\n", "row 2, column 达标项")
        self.refused(f"unit,project,step,occurred,document,amount\n{VILLAGE},x,notice,2013-06-01,x,1\n", "amount")
        funds = "kind,unit,voucher,occurred,source,use,counterparty,amount,project\n"
        self.refused(funds + f"granted,{COUNTY},G-9,2013-06-01,fiscal_development,infrastructure,{VILLAGE},100000.01,路-1\n",
                     "row 2, column amount: 100,000.01 is more than the budget of project 路-1 leaves, 100,000.00")
        self.refused(funds + f"granted,{COUNTY},G-9,2013-06-01,fiscal_development,industry,{VILLAGE},1,路-1\n", "project 路-1 生产性基础设施 is for another use")
        self.refused(funds + f"reimbursed,{VILLAGE},C-9,2013-06-01,fiscal_development,,,1,farm\n", "no claim is paid before the notice")
        self.refused(funds + f"spent,{VILLAGE},P-9,2013-06-01,fiscal_development,infrastructure,,0.02,路-1\n", "0.01")
        self.refused(funds + f"spent,{VILLAGE},P-9,2013-06-01,fiscal_development,infrastructure,,0.01,\n", "column amount")

    # ---------------------------------------------------------------- to the end

    def codes(self, reply):
        self.assertIsInstance(reply, pb.Refusal)
        return [p.code for p in reply.problems]

    def test_acceptance(self):
        """By the prefecture, whom the county names; with defects first; the last payment goes with it."""
        county, prefecture, beside = (self.centre.wire(name) for name in ("county-220122", "prefecture-2201", "county-220112"))
        code = "验-1"
        way = [step(code, pb.REGISTER, plan=plan()), step(code, pb.NOTICE), step(code, pb.START), step(code, pb.FINISH), step(code, pb.NOTICE_AFTER),
               step(code, pb.NAME_ACCEPTOR, acceptor=2201)]
        money = [entry(COUNTY, "A-R", amount_fen=9000, source=1), entry(COUNTY, "A-G", pb.GRANTED, 1, 9000, use=INDUSTRY, counterparty=VILLAGE, project=code),
                 entry(VILLAGE, "A-C", pb.REIMBURSED, 1, 9000, project=code)]
        self.assertIsInstance(county.submit(submission(*way, *money)), pb.Receipt)
        good = step(code, pb.ACCEPTANCE, passed=True, met=[1, 2, 3, 4, 5])
        self.assertEqual(self.codes(beside.submit(submission(good))), [pb.UNIT_OUT_OF_SCOPE])
        self.assertEqual(self.codes(prefecture.submit(submission(good))), [pb.PROJECT_MONEY_LEFT])
        self.assertEqual(self.codes(prefecture.submit(submission(step(code, pb.ACCEPTANCE, passed=True, met=[1, 2, 4])))), [pb.CHECKLIST_OPEN] * 2)
        self.assertIsInstance(prefecture.submit(submission(step(code, pb.ACCEPTANCE, met=[1], note="圈舍未完工", again_by=20130701))), pb.Receipt)
        shown = self.json("show", str(VILLAGE), code)
        self.assertEqual((shown["state"], shown["accept_by"], shown["overdue"]), ("complete", "2013-07-01", True))
        self.assertIsInstance(county.submit(submission(entry(VILLAGE, "A-P", pb.SPENT, 1, 9000, use=INDUSTRY, project=code))), pb.Receipt)
        items = [item["number"] for item in self.catalogue_items(county) if not item["construction"]]
        self.assertIsInstance(prefecture.submit(submission(step(code, pb.ACCEPTANCE, passed=True, met=items))), pb.Receipt)
        shown = self.json("show", str(VILLAGE), code)
        self.assertEqual((shown["state"], [s["passed"] for s in shown["steps"] if s["step"] == "acceptance"]), ("accepted", [False, True]))
        self.assertEqual(self.codes(county.submit(submission(entry(COUNTY, "A-G2", pb.GRANTED, 1, 1, use=INDUSTRY, counterparty=VILLAGE, project=code)))),
                         [pb.PROJECT_CLOSED])
        self.assertNotIn(code, [p["project"] for p in self.json("list", "--open")])

    @staticmethod
    def catalogue_items(wire):
        catalogue = wire.ask(pb.Request(catalogue=pb.CatalogueQuery(forms=True))).catalogue
        return [{"number": i.number, "construction": i.construction} for i in catalogue.acceptance_items]

    def test_nothing_half_booked(self):
        """Steps and entries of one submission stand or fall together."""
        county = self.centre.wire("county-220122")
        rows = [step("半-1", pb.REGISTER, plan=plan()), entry(COUNTY, "H-G", pb.GRANTED, 1, 10001, use=INDUSTRY, counterparty=VILLAGE, project="半-1")]
        self.assertEqual(self.codes(county.submit(submission(*rows))), [pb.BUDGET_EXCEEDED])
        self.assertEqual(self.centre.sql("SELECT count(*) FROM project_step WHERE code = '半-1'"), [(0,)])
        self.assertEqual(self.codes(county.submit(submission(step("半-1", pb.NOTICE)))), [pb.PROJECT_UNKNOWN])

    def test_bad_frames(self):
        county = self.centre.wire("county-220122")
        many = pb.ProjectPlan(name=b"x", budgets=[pb.ProjectBudget(source=i, amount_fen=1) for i in range(17)])
        self.assertEqual(self.codes(county.submit(submission(step("x", pb.REGISTER, plan=many)))), [pb.MALFORMED])
        self.assertEqual(self.codes(county.submit(submission(step("x", pb.ACCEPTANCE, met=list(range(33)))))), [pb.MALFORMED])
        self.assertEqual(self.codes(county.submit(submission(step("x", 11)))), [pb.STEP_UNKNOWN])
        reply = county.ask(pb.Request(projects=pb.ProjectQuery(unit=COUNTY, states=[7])))
        self.assertEqual(self.codes(reply.refusal), [pb.MALFORMED])

    # ---------------------------------------------------------------- the proof

    def test_verify_finds(self):
        """Money of a project that somebody changed in the database."""
        change = "UPDATE fund_entry SET project = %s WHERE voucher = 'C-1' RETURNING unit"
        self.assertEqual(self.centre.sql(change, None), [(VILLAGE,)])
        found = subprocess.run(self.centre.words("verify"), capture_output=True, text=True, check=False)
        self.assertEqual(found.returncode, 1, found.stdout)
        self.assertRegex(found.stdout, rf"drift: project {VILLAGE} 路-1 1 50000000 50000000 -29999999 29999999: only in the journal")
        self.assertRegex(found.stdout, rf"drift: project {VILLAGE} 路-1 1 50000000 20000000 1 29999999: only at the centre")
        self.centre.sql(change, "路-1")
        self.centre.verify()

    # ---------------------------------------------------------------- after a restart

    def test_z_restart(self):
        def all_of():
            return self.json("list", "22", office=self.centre.offices["province"])
        before = all_of()
        self.centre.kill()
        self.centre.start()
        self.assertEqual(all_of(), before)


def merge(rows, old, new):
    """units.csv: the villages `old` become `new` in September."""
    for row in list(rows):
        row.update({key: row.get(key, "") for key in ("first_period", "last_period", "successor")})
        if row["code"] not in map(str, old):
            continue
        if not any(other["code"] == str(new) for other in rows):
            rows.append(dict(row, code=str(new), parent=str(new)[:9], code_basis="provisional", first_period="2013-09",
                             last_period="", successor=""))
        row.update(last_period="2013-08", successor=str(new))


class MergedTest(unittest.TestCase):
    """Two villages, each with a project 1, become one, one after the other: what the journal says stays true."""

    def setUp(self):
        self.centre = Centre(offices=OFFICES, plan=copy_plan(os.path.join(new_directory(), "plan")),
                             options=("--clock", "2013-12-02T09:00")).start()
        self.addCleanup(self.centre.stop)
        self.wire = self.centre.wire("county-220122")
        self.a, self.b = [u.code for u in self.wire.catalogue().units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY][:2]
        self.new = self.a // 1000 * 1000 + 991

    def send(self, *rows):
        reply = self.wire.submit(submission(*rows))
        return [] if isinstance(reply, pb.Receipt) else [p.code for p in reply.problems]

    def merge(self, *old):
        self.assertEqual(self.centre.stop(), 0)
        path = os.path.join(self.centre.plan, "units.csv")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if "first_period" not in text.split("\n")[0]:
            lines = text.rstrip("\n").split("\n")
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join([lines[0] + ",first_period,last_period,successor", *(line + ",,," for line in lines[1:])]) + "\n")
        edit_csv(path, lambda rows: merge(rows, old, self.new))
        self.centre.start()
        self.wire = self.centre.wire("county-220122")

    def projects(self):
        items = self.wire.ask(pb.Request(projects=pb.ProjectQuery(unit=COUNTY))).projects.items
        return {i.code.decode(): (i.owner, i.state, [(m.granted_fen, m.spent_fen) for m in i.money]) for i in items}

    def verify(self):
        result = subprocess.run(self.centre.words("verify"), capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_one_code(self):
        a, b, new = self.a, self.b, self.new
        grant = lambda voucher, unit, code="1", **more: entry(COUNTY, voucher, pb.GRANTED, 1, 1000, 20131002, use=1, counterparty=unit, project=code, **more)
        claim = lambda voucher, unit, code="1": entry(unit, voucher, pb.REIMBURSED, 1, 1000, 20131003, project=code)
        self.assertEqual(self.send(*[step("1", pb.REGISTER, 20130401, unit, plan=plan()) for unit in (a, b)],
                                   entry(COUNTY, "R", source=1, amount_fen=20000, occurred=20130402)), [])
        self.merge(a)
        # Under its new code it is the only one there, and goes on; a plan is changed, not made anew.
        self.assertEqual(self.send(step("1", pb.NOTICE, 20131001, new), grant("G1", new), claim("C1", new)), [])
        self.assertEqual(self.send(step("1", pb.REGISTER, 20131002, new, plan=plan())), [pb.REVISION_CONFLICT])
        self.assertEqual(self.send(step("1", pb.REGISTER, 20131002, new, plan=plan(replaces=1))), [])
        self.assertEqual(self.send(step("2", pb.REGISTER, 20131002, a, plan=plan())), [pb.UNIT_NOT_THEN])
        self.verify()
        self.merge(b)
        mine, other = f"1@{a}", f"1@{b}"
        self.assertEqual(self.projects(), {mine: (a, pb.NOTICED, [(1000, 0)]), other: (b, pb.PLANNED, [(0, 0)])})
        for rows in ([step("1", pb.START, 20131005, new)], [grant("G2", new)]):
            self.assertEqual(self.send(*rows), [pb.PROJECT_AMBIGUOUS])
        self.assertEqual(self.send(step(other, pb.NOTICE, 20131005, new), grant("G3", new, other)), [])
        # Both at once, in one submission and one after the other, each its own money.
        pay = lambda voucher, code, fen: entry(new, voucher, pb.SPENT, 1, fen, 20131007, use=1, project=code)
        self.assertEqual(self.send(pay("P1", mine, 1000), pay("P2", other, 1)), [pb.BALANCE_EXCEEDED])
        self.assertEqual(self.send(pay("P1", mine, 1000)), [])
        self.assertEqual(self.projects()[mine][2], [(1000, 1000)])
        self.assertEqual(self.projects()[other][2], [(1000, 0)])
        # A withdrawal under the new code is of the grant's project, whoever that is for now.
        back = dict(counterparty=new, occurred=20131008)
        self.assertEqual(self.send(entry(b, "X3", pb.REIMBURSED, 1, 1, 20130830, project="1")), [pb.STEP_TOO_EARLY])
        self.assertEqual(self.send(entry(COUNTY, "G4", pb.GRANTED, 1, 1000, 20130801, use=1, counterparty=a, project="1")), [])
        self.assertEqual(self.send(entry(COUNTY, "W4", pb.WITHDRAWN, 1, 300, refers="G4", **back)), [])
        self.verify()
        self.assertEqual(self.send(entry(COUNTY, "U4", pb.REVERSED, 1, 300, 20131009, refers="W4", note="x")), [])
        shown = self.centre.offices["county-220122"].run("project", "show", str(new), "1")
        self.assertEqual((shown.returncode, shown.stdout), (3, ""))
        self.assertIn(f" {mine} {other}\n", shown.stderr)
        shown = json.loads(self.centre.offices["county-220122"].run("project", "show", str(new), other, "--format", "json", check=0).stdout)
        self.assertEqual((shown["project"], shown["owner"]), (other, b))
        before = self.projects()
        self.verify()
        self.centre.kill()
        self.centre.start()
        self.wire = self.centre.wire("county-220122")
        self.assertEqual(self.projects(), before)
        self.verify()


class TwoCentresTest(unittest.TestCase):
    """Of two submissions that exclude each other, sent to two centres at once, one is taken, whoever comes first."""

    @classmethod
    def setUpClass(cls):
        cls.centre = Centre(database=Database(), offices=OFFICES, options=("--clock", "2013-12-02T09:00")).start()
        cls.other = cls.centre.beside().start()
        cls.here, cls.there = cls.centre.wire("county-220122"), cls.other.wire("county-220122")
        money = entry(COUNTY, "R", amount_fen=1000000, source=1)
        assert isinstance(cls.here.submit(submission(money)), pb.Receipt)

    @classmethod
    def tearDownClass(cls):
        cls.other.stop()
        cls.centre.stop()

    def race(self, codes, here, there, refusals):
        """here(code) and there(code) are sent at once; exactly one of each pair is taken, and the other one says why."""
        sent = {}
        for i, code in enumerate(codes):
            pairs = [(self.here, here, 0), (self.there, there, 1)]
            for wire, make, which in pairs if i % 2 else pairs[::-1]:
                request = pb.Request(submit=pb.Submit(submission=submission(make(code)).SerializeToString()))
                sent[(wire, wire.send(request))] = (code, which)
        outcome = {code: [None, None] for code in codes}
        for wire in (self.here, self.there):
            for _ in codes:
                reply = wire.receive()
                code, which = sent[(wire, reply.request_id)]
                outcome[code][which] = reply.WhichOneof("body") == "receipt"
                if not outcome[code][which]:
                    self.assertEqual([p.code for p in reply.refusal.problems], [refusals[which]])
        self.assertTrue(all(sum(o) == 1 for o in outcome.values()), outcome)
        query = pb.Request(projects=pb.ProjectQuery(unit=COUNTY))
        last = max(w.ask(query).projects.as_of.seq for w in (self.here, self.there))
        for wire in (self.here, self.there):
            wait_for("both centres", lambda w=wire: w.ask(query).projects.as_of.seq >= last)
        shown = [[(i.code, i.state, i.revision, [(m.budget_fen, m.granted_fen) for m in i.money]) for i in w.ask(query).projects.items]
                 for w in (self.here, self.there)]
        self.assertEqual(shown[0], shown[1])
        self.centre.verify()

    def begin(self, codes, *steps):
        rows = [step(code, kind, **({"plan": plan()} if kind == pb.REGISTER else {})) for code in codes for kind in (pb.REGISTER, *steps)]
        self.assertIsInstance(self.here.submit(submission(*rows)), pb.Receipt)

    @staticmethod
    def grant(code):
        return entry(COUNTY, "G" + code, pb.GRANTED, 1, 100, use=INDUSTRY, counterparty=VILLAGE, project=code)

    def test_grant_or_acceptance(self):
        codes = [f"a{i}" for i in range(40)]
        self.begin(codes, pb.NOTICE, pb.START, pb.FINISH, pb.NOTICE_AFTER)
        self.race(codes, lambda code: step(code, pb.ACCEPTANCE, passed=True, met=[1, 2, 3, 4, 5, 7]), self.grant,
                  (pb.PROJECT_MONEY_LEFT, pb.PROJECT_CLOSED))

    def test_grant_or_smaller_budget(self):
        codes = [f"b{i}" for i in range(40)]
        self.begin(codes)
        self.race(codes, lambda code: step(code, pb.REGISTER, plan=plan(budget=99, replaces=1)), self.grant,
                  (pb.BUDGET_BELOW_GRANTED, pb.BUDGET_EXCEEDED))

    def test_one_registration(self):
        register = lambda code: step(code, pb.REGISTER, plan=plan())
        self.race([f"c{i}" for i in range(40)], register, register, (pb.REVISION_CONFLICT, pb.REVISION_CONFLICT))


if __name__ == "__main__":
    unittest.main()
