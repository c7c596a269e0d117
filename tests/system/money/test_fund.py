"""fupin fund: where money is, its entries, what is in transit, how far down it is, an entry's way, and that no fen is missing;
as it is, and as it was."""
import json
import os
import unittest

import openpyxl

from harness import CentreTest, entry, pb, submission
from wire import codes

COUNTY = 220122


class Fund(CentreTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.village = next(u.code for u in cls.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY)
        cls.wires = {name: cls.centre.wire(name) for name in ("province", "county-220122")}
        cls.put("province", entry(22, "R1", source=1, amount_fen=100_000_00, occurred=20130105, document="吉财农指〔2013〕1号"),
                entry(22, "A1", kind=pb.ALLOCATED, source=1, amount_fen=10_000_00, counterparty=COUNTY, occurred=20130110),
                entry(22, "S1", kind=pb.SENT_DOWN, source=1, amount_fen=60_000_00, counterparty=COUNTY, occurred=20130201))
        cls.early = cls.wires["province"].ping().as_of.seq
        cls.put("county-220122",
                entry(COUNTY, "E1", kind=pb.RECEIVED, source=1, amount_fen=40_000_00, counterparty=22, refers="S1", occurred=20130205),
                entry(COUNTY, "G1", kind=pb.GRANTED, source=1, use=1, amount_fen=30_000_00, counterparty=cls.village, occurred=20130210),
                entry(cls.village, "C1", kind=pb.REIMBURSED, source=1, amount_fen=20_000_00, occurred=20130301),
                entry(cls.village, "P1", kind=pb.SPENT, source=1, use=1, amount_fen=15_000_01, occurred=20130305),
                entry(COUNTY, "X1", kind=pb.SPENT, source=1, use=3, amount_fen=1_00, occurred=20130306),
                entry(COUNTY, "X2", kind=pb.REVERSED, source=1, amount_fen=1_00, refers="X1", note="记错", occurred=20130307))

    @classmethod
    def put(cls, name, *rows):
        reply = cls.wires[name].submit(submission(*rows))
        assert isinstance(reply, pb.Receipt), codes(reply)

    def run_fund(self, *words, by="province", check=0):
        return self.centre.offices[by].run("fund", *map(str, words), check=check).stdout

    def json(self, *words, **options):
        return json.loads(self.run_fund(*words, "--format", "json", **options))

    def test_balance(self):
        row, total = self.json("balance", 22, "--own")
        self.assertEqual((row["source"], row["raised"], row["on_hand"], row["set_aside"], row["in_transit"], row["went_out"]),
                         ("fiscal_development", "100000.00", "30000.00", "10000.00", "20000.00", "40000.00"))
        self.assertEqual(total["on_hand"], "30000.00")
        rows = {r["unit"]: r for r in self.json("balance", 22, "--by", "county")}
        self.assertEqual(len(rows), 62)
        county = rows[str(COUNTY)]
        self.assertEqual((county["came_in"], county["on_hand"], county["under_grant"], county["spent"], county["went_out"]),
                         ("70000.00", "14999.99", "10000.00", "15000.01", "30000.00"))
        self.assertEqual(rows["22"]["spent"], "15000.01")
        aged = self.json("balance", COUNTY, "--ages", by="county-220122")[-1]
        self.assertEqual(aged["on_hand_by_days"], {"15": "0.00", "30": "0.00", "60": "0.00", "more": "14999.99"})
        table = self.run_fund("balance", COUNTY, "--own")
        self.assertRegex(table, r"fiscal_development +Fiscal development funds +– +40,000\.00 +10,000\.00 ")

    def test_as_of(self):
        was = self.json("balance", 22, "--as-of", self.early)[-1]
        self.assertEqual((was["in_transit"], was["spent"], was["went_out"]), ("60000.00", "0.00", "0.00"))
        self.assertEqual([e["voucher"] for e in self.json("ledger", COUNTY, "--as-of", self.early)], ["A1", "S1"])

    def test_ledger(self):
        entries = self.json("ledger", COUNTY)
        self.assertEqual([e["voucher"] for e in entries], ["A1", "S1", "E1", "G1", "C1", "P1", "X1", "X2"])
        by_voucher = {e["voucher"]: e for e in entries}
        self.assertEqual((by_voucher["S1"]["open"], by_voucher["E1"]["refers"], by_voucher["X2"]["note"], by_voucher["X1"]["open"]),
                         ("20000.00", "S1", "记错", "0.00"))
        self.assertEqual([e["iati"] for e in entries], ["2 Outgoing Commitment", "3 Disbursement", "1 Incoming Funds", "2 Outgoing Commitment",
                                                        "7 Reimbursement", "4 Expenditure", "4 Expenditure", ""])
        self.assertEqual(self.json("ledger", 22, "--voucher", "R1")[0]["document"], "吉财农指〔2013〕1号")
        self.assertEqual(self.json("ledger", self.village, "--own")[-1]["voucher"], "P1")
        self.assertEqual(self.json("ledger", COUNTY, "--source", "sector"), [])

    def test_workbook(self):
        path = os.path.join(self.centre.directory, "ledger.xlsx")
        self.run_fund("ledger", COUNTY, "--output", path)
        sheet = openpyxl.load_workbook(path)["ledger"]
        rows = list(sheet.iter_rows(values_only=True))
        heading = next(row for row in rows if row[0] == "date")
        amounts = [row[heading.index("yuan")] for row in rows[rows.index(heading) + 1:] if row[heading.index("voucher")]]
        self.assertEqual(amounts, [10000, 60000, 40000, 30000, 20000, 15000.01, 1, 1])

    def test_transit(self):
        (sent,) = self.json("transit", COUNTY, by="county-220122")
        self.assertEqual((sent["voucher"], sent["open"], sent["counterparty"]), ("S1", "20000.00", COUNTY))
        self.assertGreater(sent["age_days"], 4000)
        self.assertRegex(self.run_fund("transit", 22), r"2013-02-01 +22 +吉林省 +sent_down +S1 ")

    def test_flow(self):
        rows = {r["level"]: r for r in self.json("flow", 22)}
        self.assertEqual({level: r["on_hand"] for level, r in rows.items()},
                         {"province": "30000.00", "prefecture": "0.00", "county": "10000.00", "township": "0.00", "village": "4999.99",
                          "": "44999.99"})
        self.assertEqual((rows[""]["raised"], rows[""]["came_in"], rows[""]["went_out"]), ("100000.00", "70000.00", "70000.00"))

    def test_way(self):
        down = self.json("flow", 22, "--voucher", "R1")["steps"]
        self.assertEqual([(s["voucher"], s["from"], s["part"]) for s in down],
                         [("R1", 0, "100000.00"), ("A1", 0, "10000.00"), ("S1", 0, "60000.00"), ("E1", 2, "40000.00"),
                          ("G1", 3, "30000.00"), ("C1", 4, "20000.00"), ("P1", 5, "15000.01")])
        back = self.json("flow", self.village, "--voucher", "P1", "--back", by="county-220122")["steps"]
        self.assertEqual([s["voucher"] for s in back], ["P1", "C1", "G1", "E1", "S1", "R1"])
        self.assertEqual({s["part"] for s in back}, {"15000.01"})
        table = self.run_fund("flow", self.village, "--voucher", "P1", "--back")
        self.assertRegex(table, r"\n {2}reimbursed +15,000\.01 ")
        self.assertIn("there is no voucher none", self.centre.offices["province"].run(
            "fund", "flow", "22", "--voucher", "none", check=3).stderr)

    def test_check(self):
        text = self.run_fund("check", 22)
        self.assertIn("3 units with money, each source: no fen is missing", text)
        self.assertRegex(text, r"fiscal_development +Fiscal development funds +100,000\.00 +70,000\.00 ")
        self.run_fund("check", COUNTY, by="county-220122")

    def test_words(self):
        for words in (("fund",), ("fund", "steal"), ("fund", "balance", "22", "--by", "street"), ("fund", "ledger", "--source", "bank"),
                      ("fund", "balance", "nowhere")):
            self.centre.offices["province"].run(*words, check=2)
        self.centre.offices["county-220122"].run("fund", "balance", "2201", check=3)


if __name__ == "__main__":
    unittest.main()
