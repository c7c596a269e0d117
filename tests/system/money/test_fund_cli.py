"""fupin fund: a province's money goes down to a village that spends it; sheets with and
without the optional columns; tables in both languages and JSON against figures of the test's own."""
import json
import os
import re
import unittest

from harness import Centre, CentreTest, entry, submission
import fupin_pb2 as pb

OFFICES = ("province", "prefecture-2201", "county-220122", "county-220112")
COUNTY, OTHER, TOWNSHIP, VILLAGE = 220122, 220112, 220122101, 220122101901
PAPER = "吉财农指〔2013〕12号"
STATES = ("raised", "came_in", "on_hand", "set_aside", "in_transit", "under_grant", "spent", "went_out", "repaid")
CHINESE = "zh_CN.UTF-8"

PROVINCE_SHEET = f"""kind,unit,voucher,occurred,source,use,counterparty,amount,refers,document,note
raised,22,P-1,2013-03-01,fiscal_development,,,"1,000,000.00",,,
sent_down,22,P-3,2013-04-20,fiscal_development,,{OTHER},100000.00,,,
sent_down,22,P-2,2013-03-05,fiscal_development,,{COUNTY},600000,,{PAPER},第一批
"""
# Without the optional columns but one.
COUNTY_SHEET = f"""类别,单位,凭证号,日期,来源,用途,对方单位,金额,所指凭证号
到账,{COUNTY},C-1,2013-03-08,财政发展资金,,22,500000.00,P-2
筹措,{COUNTY},C-2,2013-04-01,其他涉农资金,,,50000,
安排,{COUNTY},C-3,2013-04-02,财政发展资金,产业开发,{VILLAGE},200000,
分配,{COUNTY},C-4,2013-05-01,财政发展资金,,{TOWNSHIP},60000,
"""
VILLAGE_SHEET = f"""kind,unit,voucher,occurred,source,use,amount
reimbursed,{VILLAGE},V-1,2013-04-15,fiscal_development,,150000
spent,{VILLAGE},V-2,2013-04-20,fiscal_development,industry,120000.50
"""

GRANTS = {  # of fiscal_development, by unit: what it has of its own
    22: {"raised": "1000000.00", "on_hand": "300000.00", "in_transit": "200000.00", "went_out": "500000.00"},
    COUNTY: {"came_in": "500000.00", "on_hand": "240000.00", "set_aside": "60000.00", "went_out": "200000.00"},
    VILLAGE: {"came_in": "200000.00", "on_hand": "29999.50", "under_grant": "50000.00", "spent": "120000.50"},
}
WHOLE = {"raised": "1000000.00", "came_in": "700000.00", "on_hand": "569999.50", "set_aside": "60000.00", "in_transit": "200000.00",
         "under_grant": "50000.00", "spent": "120000.50", "went_out": "700000.00"}
POOLED = {"raised": "50000.00", "on_hand": "50000.00"}  # of sector, the county's
TOGETHER = dict(WHOLE, raised="1050000.00", on_hand="619999.50")


def full(states):
    return {state: states.get(state, "0.00") for state in STATES}


def cells(*amounts):
    """A row's figures, as a pattern; nothing is shown as a dash."""
    return r" +".join(re.escape(amount) for amount in amounts)


class FundTest(CentreTest):
    options = {"offices": OFFICES, "options": ("--clock", "2013-05-10T09:00")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.province, cls.county = cls.centre.offices["province"], cls.centre.offices["county-220122"]
        for name, office, sheet in (("province", cls.province, PROVINCE_SHEET), ("county", cls.county, COUNTY_SHEET), ("village", cls.county, VILLAGE_SHEET)):
            path = os.path.join(cls.centre.directory, name + ".csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(sheet)
            office.run("submit", path, check=0)

    def table(self, *words, by="province", language="C", check=0):
        return self.centre.offices[by].run("fund", *words, language=language, check=check).stdout

    def json(self, *words, by="province", check=0):
        return json.loads(self.table(*words, "--format", "json", by=by, check=check))

    def states(self, rows, key):
        return {row[key]: {state: row[state] for state in STATES} for row in rows}

    # ---------------------------------------------------------------- balance

    def test_balance_of_one_unit(self):
        rows = self.states(self.json("balance", "22"), "source")
        self.assertEqual(rows, {"fiscal_development": full(WHOLE), "sector": full(POOLED), "": full(TOGETHER)})
        for unit, own in GRANTS.items():
            self.assertEqual(self.states(self.json("balance", str(unit), "--own"), "source")["fiscal_development"], full(own))
        table = self.table("balance", "22")
        self.assertRegex(table, r"^code +source +raised +came in +on hand +set aside +in transit +under grant +spent +went out +repaid\n")
        self.assertRegex(table, r"\nfiscal_development Fiscal development funds +" +
                         cells("1,000,000.00", "700,000.00", "569,999.50", "60,000.00", "200,000.00", "50,000.00", "120,000.50", "700,000.00", "–"))
        self.assertRegex(table, r"\nsector +Other agricultural \(sector\) funds +" + cells("50,000.00", "–", "50,000.00"))
        self.assertRegex(table, r"\n +total +" + cells("1,050,000.00", "700,000.00", "619,999.50"))
        self.assertIn("as of commit 3", table)
        chinese = self.table("balance", "农安县", by="county-220122", language=CHINESE)
        self.assertRegex(chinese, r"筹措 +转入 +在手 +已分配待拨 +在途 +已安排待报账 +支出 +转出 +已还")
        self.assertRegex(chinese, r"\nfiscal_development 财政发展资金 +" +
                         cells("–", "700,000.00", "269,999.50", "60,000.00", "–", "50,000.00", "120,000.50", "200,000.00"))

    def test_balance_by_level(self):
        grants = self.states(self.json("balance", "22", "--by", "county", "--source", "财政发展资金"), "unit")
        self.assertEqual(len(grants), 62)
        self.assertEqual((grants[str(OTHER)], grants["22"]), (full({}), full(WHOLE)))
        self.assertEqual(grants[str(COUNTY)], full({
            "came_in": "700000.00", "on_hand": "269999.50", "set_aside": "60000.00", "under_grant": "50000.00", "spent": "120000.50", "went_out": "200000.00"}))
        self.assertEqual(self.states(self.json("balance", "22", "--by", "county"), "unit")["22"], full(TOGETHER))
        table = self.table("balance", "22", "--by", "prefecture")
        self.assertRegex(table, r"\n2201 +长春市 +" + cells("50,000.00", "700,000.00", "319,999.50", "60,000.00", "–", "50,000.00", "120,000.50", "200,000.00"))
        self.assertRegex(table, r"\n22 +吉林省 total +" + cells("1,050,000.00", "700,000.00", "619,999.50"))
        self.assertRegex(self.table("balance", "22", "--by", "prefecture", language=CHINESE), r"\n22 +吉林省 合计 +1,050,000.00")

    def test_ages(self):
        grants = next(row for row in self.json("balance", "22", "--ages") if row["source"] == "fiscal_development")
        self.assertEqual(list(grants["on_hand_by_days"].items()), [("15", "0.00"), ("30", "29999.50"), ("60", "0.00"), ("more", "540000.00")])
        self.assertEqual(list(grants["in_transit_by_days"].values()), ["0.00", "100000.00", "0.00", "100000.00"])
        table = self.table("balance", "22", "--by", "county", "--ages")
        self.assertRegex(table, r"\n220122 +农安县 +" + cells("–", "29,999.50", "50,000.00", "240,000.00", "–", "–", "–", "–"))
        self.assertIn("在途 >60天", self.table("balance", "22", "--ages", language=CHINESE))

    def test_as_of(self):
        then = self.states(self.json("balance", "22", "--as-of", "1"), "source")
        self.assertEqual(then["fiscal_development"], full({"raised": "1000000.00", "on_hand": "300000.00", "in_transit": "700000.00"}))
        self.assertIn("as of commit 1,", self.table("balance", "22", "--as-of", "1"))
        self.assertEqual(len(self.json("ledger", "22", "--as-of", "1")), 3)
        levels = self.states(self.json("flow", "22", "--as-of", "2"), "level")
        self.assertEqual(levels["village"], full({"came_in": "200000.00", "under_grant": "200000.00"}))

    # ---------------------------------------------------------------- ledger and transit

    def test_ledger(self):
        entries = self.json("ledger", "22")
        self.assertEqual([(e["voucher"], e["yuan"], e["open"]) for e in entries], [
            ("P-1", "1000000.00", "1000000.00"), ("P-3", "100000.00", "100000.00"), ("P-2", "600000.00", "100000.00"),
            ("C-1", "500000.00", "500000.00"), ("C-2", "50000.00", "50000.00"), ("C-3", "200000.00", "200000.00"), ("C-4", "60000.00", "60000.00"),
            ("V-1", "150000.00", "150000.00"), ("V-2", "120000.50", "120000.50")])
        sent = entries[2]
        self.assertEqual({name: sent[name] for name in ("seq", "line", "occurred", "kind", "unit", "refers", "source", "use", "counterparty", "document", "note")}, {
            "seq": 1, "line": 2, "occurred": "2013-03-05", "kind": "sent_down", "unit": 22, "refers": "", "source": "fiscal_development", "use": "",
            "counterparty": COUNTY, "document": PAPER, "note": "第一批"})
        self.assertEqual((entries[3]["refers"], entries[3]["document"], entries[3]["counterparty"], entries[5]["use"]), ("P-2", "", 22, "industry"))
        vouchers = lambda *words: [e["voucher"] for e in self.json("ledger", *words)]
        self.assertEqual(vouchers(str(VILLAGE), "--own"), ["C-3", "V-1", "V-2"])
        self.assertEqual(vouchers("22", "--own"), ["P-1", "P-3", "P-2", "C-1"])
        self.assertEqual(vouchers("22", "--source", "其他涉农资金"), ["C-2"])
        self.assertEqual(vouchers("22", "--voucher", "C-3"), ["C-3"])
        self.assertEqual(vouchers("22", "--voucher", "none"), [])
        table = self.table("ledger", by="county-220122")
        self.assertRegex(table, r"^date +code +unit +kind +voucher +refers +source +use +project +other unit +yuan +open +days +document +note +IATI type +recorded +commit\n")
        self.assertRegex(table, rf"\n2013-03-05 22 +吉林省 +sent_down +P-2 +Fiscal development funds +农安县 +600,000.00 +100,000.00 +– {PAPER} +第一批 +3 Disbursement +2013-05-10 09:\d\d:\d\d +1\n")
        self.assertRegex(table, r"\n2013-04-20 220122101901 .* spent +V-2 +Fiscal development funds +Industry projects +120,000.50")
        chinese = self.table("ledger", by="county-220122", language=CHINESE)
        self.assertRegex(chinese, r"^日期 +代码 +单位 +类别 +凭证号 +所指凭证号 +来源 +用途 +项目编号 +对方单位 +金额\(元\) +未了\(元\)")
        self.assertRegex(chinese, r" 到账 +C-1 +P-2 +财政发展资金 +吉林省 +500,000.00")
        self.assertEqual(self.table("ledger", "22", "--format", "csv").count("\n"), 10)

    def test_transit(self):
        """The oldest first, though it was booked later."""
        self.assertEqual([(e["voucher"], e["age_days"], e["unit"], e["counterparty"], e["yuan"], e["open"]) for e in self.json("transit", "22")],
                         [("P-2", 66, 22, COUNTY, "600000.00", "100000.00"), ("P-3", 20, 22, OTHER, "100000.00", "100000.00")])
        self.assertRegex(self.table("transit", "22"), rf"\n2013-03-05 22 +吉林省 sent_down P-2 +Fiscal development funds +农安县 +600,000.00 100,000.00 +66 {PAPER} 第一批.*\n"
                                                      r"2013-04-20 22 +吉林省 sent_down P-3 +Fiscal development funds +双阳区 +100,000.00 100,000.00 +20 ")
        self.assertRegex(self.table("transit", "22", language=CHINESE), r"^日期 .* 对方单位 +金额\(元\) +未了\(元\) +天数")
        self.assertEqual([e["voucher"] for e in self.json("transit", str(OTHER), by="county-220112")], ["P-3"])

    # ---------------------------------------------------------------- flow

    def test_flow_by_level(self):
        levels = self.states(self.json("flow", "22", "--source", "fiscal_development"), "level")
        self.assertEqual(levels, {"province": full(GRANTS[22]), "prefecture": full({}), "county": full(GRANTS[COUNTY]), "township": full({}),
                                  "village": full(GRANTS[VILLAGE]), "": full(WHOLE)})
        self.assertEqual(self.states(self.json("flow", "22"), "level")[""], full(TOGETHER))
        table = self.table("flow", "22")
        self.assertRegex(table, r"\nprovince +province +" + cells("1,000,000.00", "–", "300,000.00", "–", "200,000.00", "–", "–", "500,000.00"))
        self.assertRegex(table, r"\ncounty +county +" + cells("50,000.00", "500,000.00", "290,000.00", "60,000.00", "–", "–", "–", "200,000.00"))
        self.assertRegex(table, r"\nvillage +village +" + cells("–", "200,000.00", "29,999.50", "–", "–", "50,000.00", "120,000.50", "–"))
        self.assertRegex(table, r"\n +total +" + cells("1,050,000.00", "700,000.00", "619,999.50"))
        own = self.states(self.json("flow", str(COUNTY), by="county-220122"), "level")
        self.assertEqual(list(own), ["county", "township", "village", ""])
        self.assertEqual((own[""]["raised"], own[""]["came_in"]), ("50000.00", "700000.00"))
        self.assertRegex(self.table("flow", str(COUNTY), by="county-220122", language=CHINESE), r"\n +合计 +50,000.00 +700,000.00")

    def steps(self, *words):
        answer = self.json("flow", *words)
        self.assertFalse(answer["more"])
        return [(s["voucher"], s["from"], s["part"]) for s in answer["steps"]]

    def test_flow_of_one_entry(self):
        self.assertEqual(self.steps("22", "--voucher", "P-2"), [
            ("P-2", 0, "600000.00"), ("C-1", 0, "500000.00"), ("C-3", 1, "200000.00"), ("C-4", 1, "60000.00"), ("V-1", 2, "150000.00"), ("V-2", 4, "120000.50")])
        self.assertEqual(self.steps(str(VILLAGE), "--voucher", "V-2", "--back"), [
            (voucher, max(0, at - 1), "120000.50") for at, voucher in enumerate(("V-2", "V-1", "C-3", "C-1", "P-2", "P-1"))])
        forward = self.table("flow", "22", "--voucher", "P-2")
        self.assertRegex(forward, r"^way +yuan +unit +voucher +date")
        self.assertRegex(forward, r"\nsent_down +600,000.00 吉林省 +P-2 +2013-03-05 .*"
                                  r"\n  received +500,000.00 农安县 +C-1 +2013-03-08 .*"
                                  r"\n    granted +200,000.00 农安县 +C-3 +2013-04-02 .*"
                                  r"\n      reimbursed +150,000.00 \S+ +V-1 +2013-04-15 .*"
                                  r"\n        spent +120,000.50 \S+ +V-2 +2013-04-20 .*"
                                  r"\n    allocated +60,000.00 农安县 +C-4 +2013-05-01")
        back = self.table("flow", str(VILLAGE), "--voucher", "V-2", "--back", language=CHINESE)
        self.assertRegex(back, r"\n支出 +120,000.50 .*\n  报账 .*\n    安排 .*\n      到账 .*\n        下拨 .*\n          筹措 +120,000.50 吉林省 +P-1")

    # ---------------------------------------------------------------- loans

    def test_loans(self):
        """Drawn, repaid and owed by the ledger; the subsidy by the use that the plan says is for loans."""
        wire = self.centre.wire("county-220112")
        rows = [entry(OTHER, "L-1", source=8, amount_fen=1000000, occurred=20121220), entry(OTHER, "L-2", pb.REPAID, source=8, amount_fen=250001),
                entry(OTHER, "L-3", source=1, amount_fen=5000), entry(OTHER, "L-4", pb.SPENT, source=1, amount_fen=3000, use=4),
                entry(OTHER, "L-5", pb.SPENT, source=1, amount_fen=2000, use=1)]
        self.assertIsInstance(wire.submit(submission(*rows)), pb.Receipt)
        before = {"unit": OTHER, "name": "双阳区", "drawn": "10000.00", "repaid": "2500.01", "owed": "7499.99", "subsidised": "30.00"}
        self.assertEqual(self.json("loans", by="county-220112"), [before])
        by_county = {row["unit"]: row for row in self.json("loans", "22", "--by", "county")}
        self.assertEqual((by_county[OTHER], by_county[COUNTY]["drawn"], by_county[22]["owed"]), (before, "0.00", "7499.99"))
        self.assertEqual(self.json("loans", "--by", "county", by="county-220112"), [before, before])  # it, and all below it
        self.assertRegex(self.table("loans", "2201", "--by", "county", language=CHINESE, by="prefecture-2201"),
                         r"^代码 +单位 +发放\(元\) +收回\(元\) +余额\(元\) +贴息\(元\)\n(.*\n)*220112 双阳区 +10,000.00 +2,500.01 +7,499.99 +30.00\n")
        self.assertEqual([row["drawn"] for row in self.json("loans", "22", "--as-of", "3")], ["0.00"])
        self.assertIsInstance(wire.submit(submission(*[entry(OTHER, f"L-{n}-", pb.REVERSED, source=s, amount_fen=a, refers=f"L-{n}", note="x")
                                                      for n, s, a in ((2, 8, 250001), (1, 8, 1000000), (5, 1, 2000), (4, 1, 3000), (3, 1, 5000))])), pb.Receipt)
        self.assertEqual(self.json("loans", by="county-220112")[0], dict(before, drawn="0.00", repaid="0.00", owed="0.00", subsidised="0.00"))

    # ---------------------------------------------------------------- check

    def test_check(self):
        self.assertEqual(self.states(self.json("check", "22"), "source"), {"fiscal_development": full(WHOLE), "sector": full(POOLED)})
        table = self.table("check", "22")
        self.assertIn("3 units with money, each source: no fen is missing", table)
        self.assertRegex(table, r"\nfiscal_development +Fiscal development funds +" +
                         cells("1,000,000.00", "700,000.00", "569,999.50", "60,000.00", "200,000.00", "50,000.00", "120,000.50", "700,000.00"))
        self.assertIn("3 个有资金的单位，逐个来源：分文不差", self.table("check", "22", language=CHINESE))
        # Below the province money comes from above: each unit's own sums hold.
        self.table("check", str(COUNTY), by="county-220122")
        self.table("check", "2201", "--as-of", "2", by="prefecture-2201")

    # ---------------------------------------------------------------- what is wrong

    def test_usage(self):
        for words, why in ((("tell", "22"), "balance, ledger, transit, flow, loans, early or check"), (("balance", "22", "--by", "street"), "not a level"),
                           (("ledger", "22", "--source", "lottery"), "no such source"), (("ledger", "22", "--voucher", "x" * 65), "no voucher is so long"),
                           (("flow", "22", "--voucher", "x" * 65), "no voucher is so long"), ((), "balance, ledger")):
            self.assertIn(why, self.province.run("fund", *words, check=2).stderr)
        self.assertIn("没有资金来源", self.province.run("fund", "ledger", "22", "--source", "彩票", language=CHINESE, check=2).stderr)
        self.assertIn("没有这么长的凭证号", self.province.run("fund", "ledger", "--voucher", "x" * 65, language=CHINESE, check=2).stderr)
        self.province.run("fund", "balance", "2201", "--by", "province", check=3)

    # Last: it books more.
    def test_z_pages(self):
        wire = self.centre.wire("county-220112")
        for part in range(3):
            rows = [entry(OTHER, f"{part}-{i}", source=1 + 4 * (i % 2), amount_fen=1 + i) for i in range(500)]
            self.assertIsInstance(wire.submit(submission(*rows)), pb.Receipt)
        entries = [e for e in self.json("ledger", str(OTHER)) if not e["voucher"].startswith("L-")]
        self.assertEqual([e["voucher"] for e in entries], ["P-3"] + [f"{part}-{i}" for part in range(3) for i in range(500)])
        self.assertEqual(len(self.json("ledger", "22", "--source", "sector")), 751)
        self.assertEqual([e["voucher"] for e in self.json("transit", "22")], ["P-2", "P-3"])
        self.table("check", "22")

    def test_zz_early(self):
        """Money of April spent in January: booked, and shown to who looks."""
        self.assertEqual(self.json("early", "22"), [])
        wire = self.centre.wire("county-220112")
        rows = [entry(OTHER, "E-1", source=1, amount_fen=5000), entry(OTHER, "E-2", pb.SPENT, source=1, amount_fen=3001, use=1, occurred=20130115),
                entry(OTHER, "E-3", pb.SPENT, source=1, amount_fen=1999, use=1)]
        receipt = wire.submit(submission(*rows))
        self.assertIsInstance(receipt, pb.Receipt)
        item, = self.json("early", "22")
        self.assertEqual((item["unit"], item["voucher"], item["yuan"], item["early"]), (OTHER, "E-2", "30.01", "30.01"))
        self.assertEqual(self.json("early", "--own", by="county-220112"), [item])
        self.assertEqual(self.json("early", "2201", "--source", "sector", by="prefecture-2201"), [])
        self.assertEqual(self.json("early", "22", "--as-of", str(receipt.seq - 1)), [])
        self.assertRegex(self.table("early", "22"), r"not there yet\n2013-01-15 220112 .* E-2 .* 30\.01\n")
        result = self.province.run("fund", "check", "22", check=0)
        self.assertIn("1 entries took money before it was there, by the days that they name: fupin fund early 22", result.stderr)
        self.assertIn("1 笔在资金到位之前支用", self.province.run("fund", "check", "22", language=CHINESE, check=0).stderr)
        self.assertIsInstance(wire.submit(submission(*[entry(OTHER, f"E-{n}-", pb.REVERSED, source=1, amount_fen=a, refers=f"E-{n}", note="x")
                                                      for n, a in ((3, 1999), (2, 3001), (1, 5000))])), pb.Receipt)
        self.assertEqual(self.json("early", "22"), [])


class Faults(unittest.TestCase):
    def test_books_that_somebody_changed_are_found(self):
        """Behind the centre's back, in its database: more was sent than was there."""
        centre = Centre(offices=("province", "county-220122")).start()
        self.addCleanup(centre.stop)
        wire = centre.wire("province")
        for row in (entry(22, "R", source=1, amount_fen=10_000), entry(22, "S", kind=pb.SENT_DOWN, source=1, amount_fen=9_000, counterparty=COUNTY)):
            self.assertIsInstance(wire.submit(submission(row)), pb.Receipt)
        centre.offices["province"].run("fund", "check", "22", check=0)
        centre.sql("SET session_replication_role = replica; UPDATE fund_entry SET amount_fen = 10050 WHERE voucher = 'S'")
        centre.stop()
        centre.start()
        found = centre.offices["province"].run("fund", "check", "22", check=3)
        self.assertIn("WRONG, see above", found.stdout)
        self.assertIn("22 吉林省, fiscal_development: an account is below zero: on_hand -0.50\n", found.stderr)
        self.assertIn("22 吉林省，fiscal_development：有账户余额为负：在手 -0.50\n",
                      centre.offices["province"].run("fund", "check", "22", language=CHINESE, check=3).stderr)


if __name__ == "__main__":
    unittest.main()
