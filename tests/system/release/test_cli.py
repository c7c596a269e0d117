"""What people see: tables in two languages, CSV and JSON for programs, exit statuses."""
import csv
import io
import json
import os
import subprocess
import unicodedata
import unittest

from harness import BUILD, CentreTest, Office, entry, new_directory, pb, report, submission
from wire import Wire

LABEL = "演示数据 / demonstration data"


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class CommandLine(CentreTest):
    options = {"label": LABEL}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        county = cls.centre.wire("county-220122")
        cls.centre.wire("province").submit(submission(
            entry(22, "raised", source=1, amount_fen=28500000000), entry(22, "sector", amount_fen=750000000),
            entry(22, "down", kind=pb.SENT_DOWN, counterparty=220122, amount_fen=750000000)))
        county.submit(submission(report(cls.numbers, 220122, 201301, people_lifted=1200, loans_issued=123456789),
                                 report(cls.numbers, 220122, 201302, people_lifted=34),
                                 entry(220122, "in", kind=pb.RECEIVED, counterparty=22, amount_fen=750000000, refers="down"),
                                 entry(220122, "out", kind=pb.SPENT, use=1, amount_fen=123456789)))
        cls.centre.wire("county-222403").submit(submission(report(cls.numbers, 222403, 201301, people_lifted=5)))
        cls.province = cls.centre.offices["province"]

    def test_headline_table(self):
        out = self.province.run("total", "22", "--by", "prefecture", check=0).stdout
        lines = out.splitlines()
        self.assertEqual(lines[0], "Plan to lift 300,000 rural poor people out of poverty in 2013")
        self.assertEqual(lines[-1], LABEL)
        self.assertRegex(lines[-2], r"^as of commit 3, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC\+08:00\)$")
        self.assertRegex(lines[3], r"^2201 长春市 +1,234 +– +– .* 7,500,000\.00 +1,234,567\.89$")
        self.assertRegex(lines[13], r"^22 +吉林省 total +1,239 +– 300,000 +0\.4% +-\d+,\d+ +– +– +200 +– +-\d+ +285,000,000\.00 570,000,000\.00 +50\.0% ")

    def test_tables_line_up_with_chinese_text(self):
        for language in ("C", "zh_CN.UTF-8"):
            for words in (("total", "22", "--by", "prefecture"), ("units", "2208"), ("forms", "village"),
                          ("total", "220122", "--funds")):
                lines = self.province.run(*words, language=language, check=0).stdout.splitlines()
                table = [line for line in lines if "  " in line or line.startswith("2")]
                # Right-aligned last columns end at one place; left-aligned ones start at one place.
                self.assertGreater(len(table), 2)
                starts = {width(line[:line.index(name)]) for line in table for name in ("长春市", "吉林市") if name in line}
                self.assertLessEqual(len(starts), 1, words)

    def test_chinese(self):
        out = self.province.run("total", "22", "--by", "prefecture", language="zh_CN.UTF-8", check=0).stdout
        self.assertIn("2013年实现30万农村贫困人口脱贫工作方案", out)
        self.assertIn("脱贫人口", out)
        self.assertIn("截至提交序号 3", out)

    def test_period_and_indicators(self):
        out = self.province.run("total", "2201", "--by", "county", "--period", "2013-02", "--indicator",
                                "people_lifted,脱贫户数", "--format", "csv", check=0)
        rows = list(csv.DictReader(io.StringIO(out.stdout)))
        row = next(r for r in rows if r["code"] == "220122")
        self.assertEqual((row["unit"], row["people_lifted"], row["households_lifted"]), ("农安县", "34", "0"))
        # Not reported is not zero.
        self.assertEqual(next(r for r in rows if r["code"] == "220183")["people_lifted"], "")
        self.assertEqual(rows[-1]["unit"], "长春市 total")
        self.assertIn(LABEL, out.stderr)

    def test_one_unit_shows_every_indicator(self):
        out = self.province.run("total", "农安县", "--format", "csv", check=0).stdout
        rows = {r["indicator"]: r for r in csv.DictReader(io.StringIO(out))}
        self.assertEqual(rows["loans_issued"]["total"], "1234567.89")
        self.assertEqual(rows["people_lifted"]["values behind"], "2")
        self.assertEqual(len(rows), len(self.catalogue.indicators))

    def test_json(self):
        answer = json.loads(self.province.run("total", "22", "--by", "county", "--format", "json", check=0).stdout)
        self.assertEqual((answer["label"], answer["as_of"]["seq"], len(answer["units"])), (LABEL, 3, 61))
        unit = next(u for u in answer["units"] if u["unit"] == 220122)
        self.assertEqual(unit["indicators"]["people_lifted"], {"total": "1234", "reported": 2, "approved": "0", "approved_reported": 0})
        self.assertIn({"kind": "spent", "source": "sector", "use": "industry", "level": "county", "yuan": "1234567.89",
                       "entries": 1}, unit["funds"])
        self.assertEqual(answer["whole"]["indicators"]["people_lifted"]["target"]["target"], "300000")
        forms = json.loads(self.province.run("forms", "--format", "json", check=0).stdout)
        self.assertEqual([f["form"] for f in forms], ["county", "village", "township"])
        units = json.loads(self.province.run("units", "--level", "village", "--format", "json", check=0).stdout)
        self.assertEqual(len(units), 210)

    def test_scope_of_the_catalogue(self):
        county = self.centre.offices["county-220122"]
        units = json.loads(county.run("units", "--format", "json", check=0).stdout)
        self.assertTrue(all(str(u["code"]).startswith("220122") or "220122".startswith(str(u["code"])) for u in units))

    def test_exit_statuses(self):
        county = self.centre.offices["county-220122"]
        home = county.home
        for status, words in ((2, ()), (2, ("nonsense",)), (2, ("total",)), (2, ("total", "22", "--by", "street")),
                              (2, ("total", "22", "--period", "2013-13")), (2, ("total", "22", "--frobnicate")),
                              (2, ("total", "22", "--indicator", "nothing")), (2, ("units", "--level", "moon")),
                              (2, ("forms", "nothing")), (2, ("status", "not-an-id")), (2, ("status", "--timeout", "0")),
                              (2, ("status", "--format", "xml"))):
            result = subprocess.run([os.path.join(BUILD, "fupin"), *words] + (["--home", self.province.home] if words else []),
                                    capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, status, words)
            self.assertTrue(result.stderr, words)
        county.run("total", "22", check=3)
        county.run("status", "01900000-0000-7000-8000-000000000000", check=3)
        county.home = os.path.join(new_directory(), "none")
        try:
            county.run("status", check=5)
        finally:
            county.home = home

    def test_status_and_receipts(self):
        county = self.centre.offices["county-220112"]
        sheet = os.path.join(county.home, "s.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("类别,单位,凭证号,日期,来源,金额\n筹措,220112,收-1,2013/4/5,其他涉农资金,\"1,000.00\"\n")
        line = county.run("submit", sheet, check=0).stdout
        identity = line.split()[1]
        self.assertRegex(line, rf"^receipt {identity} seq \d+ .* reports 0 fund entries 1: ")
        # The same sheet again is the same submission: the first receipt, nothing doubled.
        self.assertEqual(county.run("submit", sheet, check=0).stdout, line)
        self.assertIn("committed seq", county.run("status", identity, check=0).stdout)
        status = json.loads(county.run("status", "--format", "json", check=0).stdout)
        self.assertEqual([(s["id"], s["state"]) for s in status["submissions"]], [(identity, "receipted")])
        self.assertEqual(self.centre.sql("SELECT voucher, occurred::text, amount_fen FROM fund_entry WHERE unit = 220112"),
                         [("收-1", "2013-04-05", 100000)])

    def test_secret_key_that_others_can_read_is_refused(self):
        office = Office(new_directory(), "county-220184")
        with open(os.path.join(office.home, "fupin.ini"), "w", encoding="utf-8") as file:
            file.write(f"[centre]\nendpoint = {self.centre.endpoint}\npublic-key = {self.centre.centre_key()}\n")
        os.chmod(os.path.join(office.home, "office.key_secret"), 0o644)
        self.assertIn("others can read this secret key", office.run("status", check=5).stderr)

    def test_keygen_keeps_an_existing_key(self):
        office = Office(new_directory(), "county-220185")
        self.assertEqual(office.run("keygen", check=0).stdout.strip(), office.public_key)


if __name__ == "__main__":
    unittest.main()
