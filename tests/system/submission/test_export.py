"""Tables as files: every figure of a workbook, CSV and JSON against plain SQL or another answer; a file is there
whole or not at all; the bulletin against SQL, and the same bytes again after corrections; memory that does not grow."""
import argparse
import codecs
import csv
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import unicodedata
import unittest
from decimal import Decimal

import openpyxl

from harness import FUPIN, SOURCE, CentreTest, china, copy_plan, entry, new_directory, report, submission, wait_for
from wire import Wire
import fupin_pb2 as pb

sys.path.insert(0, os.path.join(SOURCE, "tests", "bench"))
import bench  # noqa: E402
import parts_size  # noqa: E402

LABEL = "演示数据 / demonstration data"
OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112", "county-222403")
COUNTY, VILLAGE = 220122, 220122101901
LIMIT = 500  # bytes of a file, for a disk that is full then; all files that are made are longer
# What people may write into a text; a spreadsheet must not run it.
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")")


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def sheets(path):
    """Each sheet's rows, up to the empty row that ends its table, and the lines after it."""
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        end = next((i for i, row in enumerate(rows) if not any(v is not None for v in row)), len(rows))
        found[sheet.title] = rows[:end], [row[0] for row in rows[end + 1:]]
    return found


def records(rows):
    """Dictionaries by column title; titles that stand there twice get a number."""
    titles = []
    for title in rows[0]:
        titles.append(title if title not in titles else f"{title} {titles.count(title) + 1}")
    return [dict(zip(titles, row)) for row in rows[1:]]


def exact(value, places=2):
    """What a spreadsheet shows of a number."""
    return None if value in (None, "–", "") else Decimal(repr(value)).quantize(Decimal(10) ** -places)


class ExportTest(CentreTest):
    """May and June as three counties reported them; it is 10 July."""

    @classmethod
    def setUpClass(cls):
        cls.directory = new_directory()
        plan = copy_plan(os.path.join(cls.directory, "plan"), deadlines=True)
        cls.options = {"offices": OFFICES, "plan": plan, "label": LABEL, "options": ("--clock", "2013-06-03T09:00")}
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.villages = [u.code for u in cls.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY]
        cls.province = cls.centre.offices["province"]
        cls.month(201305, {220122: 10, 220112: 20, 222403: 30}, done=2)
        cls.decide(pb.PASS, 220122, 201305)
        cls.decide(pb.RETURN, 220112, 201305, text=FORMULAS[0])
        cls.clock(2013, 7, 4, 9)
        cls.put("province", entry(22, "p1", source=1, amount_fen=12345678901, occurred=20130520),
                entry(22, "p2", source=1, amount_fen=99, occurred=20130620), entry(22, "p3", amount_fen=10**12, occurred=20130501),
                entry(22, "down", kind=pb.SENT_DOWN, counterparty=220122, amount_fen=10**12, occurred=20130501))
        cls.put("county-220122",
                entry(220122, "in", kind=pb.RECEIVED, counterparty=22, amount_fen=10**12, occurred=20130502, refers="down"),
                entry(220122, "out5", kind=pb.SPENT, use=1, amount_fen=123456789, occurred=20130511),
                entry(220122, "out6", kind=pb.SPENT, use=1, amount_fen=123456790, occurred=20130611),
                entry(220122, "own", source=5, amount_fen=7, occurred=20130601))
        cls.month(201306, {220122: 15, 222403: 11}, done=3)
        cls.clock(2013, 7, 8, 9)
        cls.month(201306, {220112: 45})  # late
        cls.clock(2013, 7, 10, 9)

    @classmethod
    def clock(cls, *when):
        assert isinstance(cls.wires["admin"].set_clock(china(*when)), pb.Pong)

    @classmethod
    def put(cls, by, *rows):
        receipt = cls.wires[by].submit(submission(*rows))
        assert isinstance(receipt, pb.Receipt), receipt

    @classmethod
    def month(cls, period, lifted, done=None, replaces=0):
        for county, people in lifted.items():
            rows = [report(cls.numbers, county, period, replaces=replaces, people_lifted=people, registered_people=90 + people,
                           special_funds=999999999999 - people)]
            rows += [report(cls.numbers, v, period, village_started=1, village_under_way=1, village_completed=int(i < done))
                     for i, v in enumerate(cls.villages if done is not None and county == COUNTY else [])]
            for row in rows:
                row.reason = b"x" if replaces else b""
            cls.put(f"county-{county}", *rows)

    @classmethod
    def decide(cls, decision, unit, period, revision=1, text=""):
        cls.put("prefecture-2201", pb.Review(unit=unit, period=period, form=1, revision=revision, decision=decision,
                                             reason=pb.OTHER if text else 0, text=text.encode()))

    def path(self, name):
        return os.path.join(self.directory, name)

    def run_fupin(self, *words, **options):
        return self.province.run(*words, **dict({"check": 0}, **options))

    def book(self, *words, name="x.xlsx", **options):
        self.run_fupin(*words, "--output", self.path(name), **options)
        return sheets(self.path(name))

    def bytes_of(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def leftovers(self):
        return [name for name in os.listdir(self.directory) if name.startswith(".")]

    def sql(self, statement, *values):
        return self.centre.sql(statement, *values)


class Workbook(ExportTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.province.run("export", "--output", os.path.join(cls.directory, "all.xlsx"), check=0)
        cls.found = sheets(os.path.join(cls.directory, "all.xlsx"))

    def test_sheets(self):
        self.assertEqual(list(self.found), ["totals prefecture", "totals county", "indicators", "targets", "funds prefecture",
                                            "completeness county", "late", "reports county", "reports village", "reports township"])
        for name, (rows, lines) in self.found.items():
            with self.subTest(sheet=name):
                self.assertEqual(lines[-1], LABEL)
                seq = self.wires["province"].ping().as_of.seq
                self.assertRegex(lines[-2], rf"^as of commit {seq}, 2013-07-08 \d\d:\d\d:\d\d \(UTC\+08:00\)$")
                self.assertGreater(len(rows), 0 if name == "reports township" else 1)  # none was sent
        book = openpyxl.load_workbook(self.path("all.xlsx"))
        self.assertTrue(all(sheet.freeze_panes == "A2" for sheet in book))

    def test_reports_against_sql(self):
        names = {i.code: i.name_en for i in self.catalogue.indicators}
        for form in ("county", "village"):
            current = dict(self.sql("SELECT (unit, period), revision FROM report_current JOIN form ON form = number WHERE code = %s", form))
            values = {}
            for unit, period, code, value in self.sql(
                    "SELECT v.unit, v.period, indicator, value FROM report_value v JOIN report_current c USING (unit, period, revision) "
                    "JOIN form f ON f.number = c.form WHERE v.form = %s AND f.code = %s", form, form):
                values.setdefault((str(unit), f"{period // 100}-{period % 100:02}"), {})[names[code]] = value
            rows = records(self.found[f"reports {form}"][0])
            self.assertEqual(len(rows), len(current))
            self.assertEqual(len(values), len(current))
            for row in rows:
                wanted = values[row["code"], row["period"]]
                shown = {name: row[name] for name in names.values() if row.get(name) is not None}
                self.assertEqual({k: exact(v, 4) for k, v in shown.items()}, {k: v.quantize(Decimal("0.0001")) for k, v in wanted.items()})
        row = next(r for r in records(self.found["reports county"][0]) if (r["code"], r["period"]) == ("220122", "2013-05"))
        # The largest figure that there is, to the fen; what was not reported is an empty cell; times are times.
        self.assertEqual(exact(row["Fiscal special funds put in"]), Decimal("9999999999.89"))
        self.assertIsNone(row[names["labour_days"]])
        self.assertEqual((row["state"], row["approved"], row["revision"]), ("passed", 1, 1))
        self.assertEqual(row["first sent"].strftime("%Y-%m-%d %H"), "2013-06-03 09")

    def test_totals_against_json(self):
        for level in ("prefecture", "county"):
            answer = json.loads(self.run_fupin("total", "22", "--by", level, "--format", "json").stdout)
            rows = records(self.found["totals " + level][0])
            self.assertEqual(len(rows), len(answer["units"]) + 1)
            for row, unit in zip(rows, answer["units"] + [answer["whole"]]):
                people = unit["indicators"]["people_lifted"]
                self.assertEqual(row["code"], str(unit["unit"]))
                self.assertEqual(row["people lifted"], int(people["total"]) if people["reported"] else "–")
                self.assertEqual(row["approved"], int(people["approved"]) if people["approved_reported"] else "–")
                spent = sum(Decimal(f["yuan"]) for f in unit["funds"] if f["kind"] == "spent")
                self.assertEqual(exact(row["spent"]) or 0, spent)
        self.assertEqual((rows[-1]["target"], exact(rows[-1]["reached"], 3)), (300000, Decimal("0.000")))

    def test_funds_against_sql(self):
        sums = dict(self.sql("SELECT kind, sum(amount_fen) FROM fund_entry GROUP BY kind"))
        kinds = {"raised": pb.RAISED, "sent_down": pb.SENT_DOWN, "received": pb.RECEIVED, "spent": pb.SPENT}
        shown = {}
        for row in records(self.found["funds prefecture"][0]):
            if row["code"] == "22":
                kind = kinds[row["kind"]]
                shown[kind] = shown.get(kind, 0) + exact(row["yuan"])
        self.assertEqual(shown, {kind: Decimal(fen) / 100 for kind, fen in sums.items()})
        self.assertEqual(shown[pb.RECEIVED], Decimal("10000000000.00"))

    def test_targets_completeness_and_late_against_json(self):
        targets = json.loads(self.run_fupin("target", "show", "--format", "json").stdout)
        rows = records(self.found["targets"][0])
        self.assertEqual([exact(r["target"]) for r in rows], [Decimal(t["target"]).quantize(Decimal("0.01")) for t in targets])
        self.assertEqual([exact(r["gap"]) for r in rows], [Decimal(t["gap"]).quantize(Decimal("0.01")) for t in targets])
        rates = json.loads(self.run_fupin("completeness", "--by", "county", "--format", "json").stdout)["rows"]
        rows = records(self.found["completeness county"][0])
        for key in ("due", "received", "missing", "returned", "approved"):
            self.assertEqual([r[key] for r in rows], [r[key] for r in rates])
        late = json.loads(self.run_fupin("late", "--all", "--format", "json").stdout)["duties"]
        rows = records(self.found["late"][0])
        self.assertEqual([(r["code"], r["period"]) for r in rows], [(str(d["unit"]), d["period"]) for d in late])
        self.assertEqual({r["came"].strftime("%d %H") for r in rows if r["state"] == "came late"}, {"08 09"})

    def test_chinese(self):
        found = self.book("export", "totals", "late", language="zh_CN.UTF-8")
        self.assertEqual(list(found), ["汇总 市州", "汇总 县", "迟报"])
        rows, lines = found["汇总 市州"]
        self.assertEqual(rows[0][:3], ["代码", "单位", "脱贫人口"])
        self.assertIn("截至提交序号", lines[-2])
        # Wide characters count twice where columns are made wide enough.
        sheet = openpyxl.load_workbook(self.path("x.xlsx"))["汇总 市州"]
        self.assertGreaterEqual(sheet.column_dimensions["B"].width, width("延边朝鲜族自治州"))

    def test_every_table_is_a_file(self):
        tables = (("total", "22"), ("total", "22", "--by", "county", "--indicator", "people_lifted,special_funds"),
                  ("total", "22", "--funds"), ("units", "2201"), ("forms",), ("forms", "county"), ("target", "show"),
                  ("completeness",), ("late",), ("review", "list", "--state", "all"), ("history", "220122", "2013-05", "county"),
                  ("status",))
        for words in tables:
            with self.subTest(words=words):
                rows = next(iter(self.book(*words).values()))[0]
                out = self.run_fupin(*words, "--format", "csv").stdout
                cells = list(csv.reader(io.StringIO(out)))
                self.assertEqual((len(rows), len(rows[0])), (len(cells), len(cells[0])))
                self.run_fupin(*words, "--output", self.path("x.csv"))
                self.assertEqual(self.bytes_of("x.csv").decode(), out)
                self.run_fupin(*words, "--output", self.path("x.json"))
                json.loads(self.bytes_of("x.json"))
                self.run_fupin(*words, "--output", self.path("x.txt"))
                self.assertIn("\n", self.bytes_of("x.txt").decode())
        book = subprocess.run(self.province.command("units", "--format", "xlsx"), capture_output=True, check=True).stdout
        self.assertEqual(len(list(openpyxl.load_workbook(io.BytesIO(book)).active.rows)), len(self.catalogue.units) + 1)


class Csv(ExportTest):
    def test_mark_for_excel(self):
        words = ("total", "22", "--by", "county", "--output", self.path("a.csv"))
        self.run_fupin(*words, language="zh_CN.UTF-8")
        plain = self.bytes_of("a.csv")
        self.assertFalse(plain.startswith(codecs.BOM_UTF8))
        self.assertTrue(plain.decode().startswith("代码,单位,脱贫人口,"))
        shown = self.run_fupin(*words, "--bom", language="zh_CN.UTF-8").stderr
        self.assertEqual(self.bytes_of("a.csv"), codecs.BOM_UTF8 + plain)
        self.assertIn(LABEL, shown)  # beside the data
        self.run_fupin("total", "22", "--bom", check=2)
        self.run_fupin("total", "22", "--bom", "--output", self.path("a.xlsx"), check=2)

    def test_formulas_stay_texts(self):
        for i, text in enumerate(FORMULAS):
            self.put("province", pb.TargetPart(unit=22, year=2013, indicator=self.numbers["people_lifted"], value=300000 + i,
                                               replaces=i, note=text.encode()))
            with self.subTest(text=text):
                self.run_fupin("target", "show", "--output", self.path("t.xlsx"))
                sheet = openpyxl.load_workbook(self.path("t.xlsx")).active
                cell = next(c for row in sheet.iter_rows() for c in row if c.value == text)
                self.assertEqual((cell.data_type, cell.value), ("s", text))
                self.assertFalse(any(c.data_type == "f" for row in sheet.iter_rows() for c in row))
                rows = list(csv.DictReader(io.StringIO(self.run_fupin("target", "show", "--format", "csv").stdout)))
                self.assertEqual([r["note"] for r in rows if r["revision"] != "0"], ["'" + text])
                shown = json.loads(self.run_fupin("target", "show", "--format", "json").stdout)
                self.assertEqual([t["note"] for t in shown if t["revision"]], [text])  # JSON has it as it is
        # A figure below zero is a number.
        gap = next(r["gap"] for r in rows if r["measure"].startswith("People"))
        self.assertRegex(gap, r"^-\d+$")

    def test_one_table(self):
        for words in ((), ("totals",), ("reports",), ("late", "targets")):
            refused = self.run_fupin("export", *words, "--output", self.path("n.csv"), check=2)
            self.assertIn("CSV and JSON hold one", refused.stderr)
        self.run_fupin("export", "nothing", "--output", self.path("n.xlsx"), check=2)
        self.run_fupin("export", "late", check=2)
        self.assertEqual([n for n in os.listdir(self.directory) if n.startswith(("n.", "."))], [])
        self.run_fupin("export", "totals", "--by", "county", "--output", self.path("c.csv"))
        self.assertEqual(self.bytes_of("c.csv").decode(), self.run_fupin("total", "22", "--by", "county", "--format", "csv").stdout)
        self.run_fupin("export", "reports", "--form", "county", "--unit", "2201", "--period", "2013-05", "--output", self.path("r.csv"))
        rows = list(csv.DictReader(io.StringIO(self.bytes_of("r.csv").decode())))
        self.assertEqual([(r["code"], r["people_lifted"], r["loans_issued"]) for r in rows], [("220112", "20", ""), ("220122", "10", "")])
        self.run_fupin("export", "reports", "--form", "county", "--unit", "2201", "--period", "2013-05", "--output", self.path("r.json"))
        shown = json.loads(self.bytes_of("r.json"))
        self.assertEqual((shown["label"], [r["values"]["people_lifted"] for r in shown["reports"]]), (LABEL, ["20", "10"]))
        whole = json.loads(self.run_fupin("review", "show", "2201", "2013-05", "county").stdout)
        self.assertEqual(whole["reports"], shown["reports"])

    def test_scope_and_usage(self):
        county = self.centre.offices["county-220122"]
        county.run("export", "--unit", "22", "--output", self.path("s.xlsx"), check=3)
        self.assertFalse(os.path.exists(self.path("s.xlsx")))
        county.run("export", "reports", "--output", self.path("s.xlsx"), check=0)
        self.assertEqual({r["code"][:6] for r in records(sheets(self.path("s.xlsx"))["reports village"][0])}, {"220122"})
        for words in (("watch", "22", "--output", self.path("w.txt")), ("watch", "22", "--format", "xlsx"),
                      ("review", "pass", "2201", "--output", self.path("w.txt")), ("bulletin",), ("bulletin", "2013-13"),
                      ("bulletin", "2013-06", "--format", "csv"), ("bulletin", "2013-06", str(VILLAGE)),
                      ("total", "22", "--format", "pdf"), ("total", "22", "--as-of", "1@"), ("total", "22", "--as-of", "@2013-07-01"),
                      ("total", "22", "--as-of", "0"), ("keygen", "--output", "x")):
            self.run_fupin(*words, check=2)


class Whole(ExportTest):
    """A file is there whole or not at all."""

    def limited(self, words, ignore, limit):
        """A disk that is full after so many bytes of a file; without `ignore` the program dies of it."""
        def prepare():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignore else signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return subprocess.run(self.province.command(*words), capture_output=True, text=True, check=False, preexec_fn=prepare,
                              env=dict(os.environ, LC_ALL="C"))

    def test_no_room(self):
        for name, words in (("r.csv", ("export", "reports", "--form", "village")), ("r.json", ("export", "reports", "--form", "village")),
                            ("r.xlsx", ("export",)), ("u.csv", ("units",)), ("b.xlsx", ("bulletin", "2013-06")),
                            ("b.txt", ("bulletin", "2013-06"))):
            for before in (None, b"the file of last month"):
                with self.subTest(name=name, before=before):
                    path = self.path(name)
                    if before:
                        with open(path, "wb") as file:
                            file.write(before)
                    failed = self.limited((*words, "--output", path), True, LIMIT)
                    self.assertEqual(failed.returncode, 1, failed.stderr)
                    self.assertRegex(failed.stderr, f"{re.escape(path)}: |no room")
                    self.assertEqual(os.path.exists(path), before is not None)
                    if before:
                        self.assertEqual(self.bytes_of(name), before)
                    self.assertEqual(self.leftovers(), [])
                    self.run_fupin(*words, "--output", path)
                    self.assertGreater(os.path.getsize(path), LIMIT)
                    os.unlink(path)

    def test_killed_in_the_middle(self):
        for name in ("k.csv", "k.xlsx"):
            killed = self.limited(("export", "reports", "--form", "village", "--output", self.path(name)), False, LIMIT)
            self.assertEqual(killed.returncode, -signal.SIGXFSZ)
            self.assertFalse(os.path.exists(self.path(name)))
            for left in self.leftovers():
                os.unlink(self.path(left))

    def test_told_to_end(self):
        """By a signal, while the centre stands still: nothing is left."""
        os.kill(self.centre.process.pid, signal.SIGSTOP)
        try:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                process = subprocess.Popen(self.province.command("export", "--output", self.path("e.xlsx")))
                wait_for("the file", self.leftovers)
                process.send_signal(number)
                self.assertEqual(process.wait(30), -number)
                self.assertEqual(self.leftovers(), [])
                self.assertFalse(os.path.exists(self.path("e.xlsx")))
        finally:
            os.kill(self.centre.process.pid, signal.SIGCONT)

    def test_where_nothing_can_be_written(self):
        for path in (self.path("none/x.csv"), self.directory, "/dev/full", "/dev/null"):
            failed = self.run_fupin("units", "--output", path, "--format", "csv", check=1)
            self.assertIn(path, failed.stderr)
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))
        with open("/dev/full", "wb") as full:
            failed = subprocess.run(self.province.command("units"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("standard output", failed.stderr)

    def test_links_and_rights(self):
        os.symlink("real.csv", self.path("link.csv"))
        os.umask(0o022)
        self.run_fupin("units", "--output", self.path("real.csv"))
        self.run_fupin("forms", "--output", self.path("link.csv"))
        self.assertTrue(os.path.islink(self.path("link.csv")))
        self.assertTrue(self.bytes_of("real.csv").startswith(b"form,"))
        self.assertEqual(os.stat(self.path("real.csv")).st_mode & 0o777, 0o644)


class Bulletin(ExportTest):
    def facts(self, text):
        """The figures' table: name → [people, villages, money]."""
        lines = text.split("Figures of the plan\n")[1].split("\n\n")[0].splitlines()[1:]
        return {re.split(r"  +| (?=[–+\d-])", line)[0].strip(): re.split(r" +", line[20:].strip()) for line in lines}

    def lifted(self, first, last, unit=22):
        # Current revisions alone.
        found = self.sql("SELECT sum(value)::bigint FROM report_value v JOIN report_current c USING (unit, period, revision) "
                         "WHERE indicator = 'people_lifted' AND v.form = 'county' AND c.form = 1 AND period BETWEEN %s AND %s "
                         "AND unit::text LIKE %s", first, last, f"{unit}%")
        return found[0][0]

    def money(self, kind, first, last, sources=(1, 2, 3, 4, 5, 6, 7, 8, 9)):
        fen = self.sql("SELECT sum(amount_fen) FROM fund_entry WHERE kind = %s AND source = ANY (%s) AND occurred BETWEEN "
                       "to_date(%s::text, 'YYYYMM') AND to_date(%s::text, 'YYYYMM') + interval '1 month - 1 day'",
                       kind, list(sources), first, last)[0][0]
        return f"{Decimal(fen) / 100:,.2f}"

    def test_a_against_sql(self):
        text = self.run_fupin("bulletin", "2013-06").stdout
        facts = self.facts(text)
        may, june, year = self.lifted(201305, 201305), self.lifted(201306, 201306), self.lifted(201301, 201306)
        self.assertEqual((may, june, year), (60, 71, 131))
        special = [r[0] for r in self.sql("SELECT number FROM fund_source WHERE special")]
        self.assertEqual(facts["this month"], ["71", "3", self.money(pb.RAISED, 201306, 201306, special)])
        self.assertEqual(facts["last month"], ["60", "2", self.money(pb.RAISED, 201305, 201305, special)])
        self.assertEqual(facts["change"], ["+11", "+1", "-123,456,788.02"])
        self.assertEqual(facts["year so far"], ["131", "3", self.money(pb.RAISED, 201301, 201306, special)])
        approved = self.sql("SELECT sum(value)::bigint FROM report_value v JOIN report_approved a USING (unit, period, revision) "
                            "WHERE indicator = 'people_lifted'")[0][0]
        self.assertEqual(facts["of it approved"], [str(approved), "–", "–"])
        self.assertEqual(facts["target of the year"], ["300,000", "200", "570,000,000.00"])
        self.assertEqual(facts["reached"], ["0.0%", "1.5%", "21.6%"])
        self.assertEqual(facts["paced by the end of"], ["2013-06"] * 3)
        self.assertEqual(facts["expected by then"], ["150,000", "100", "285,000,000.00"])
        self.assertEqual(facts["ahead or behind"], ["-149,869", "-97", "-161,543,210.00"])
        self.assertEqual(facts["forecast of the year"][0], "262")
        # The parts, money, completeness, who is late, changes.
        self.assertRegex(text, r"\n长春市 +60 +\+30 +90 +10 +– +– +3 +\d+ +2,469,135\.79\n")
        self.assertRegex(text, r"\n吉林市 +– +– +– +– +– +– +– +\d+ +–\n")
        self.assertRegex(text, r"\ntotal +71 +\+11 +131 +10 +0\.0% +-149,869 +3 +\d+ +2,469,135\.79\n")
        year = re.escape(self.money(pb.RAISED, 201301, 201306))
        self.assertRegex(text, rf"\nraised, all sources +1\.06 +10,123,456,789\.01 +-10,123,456,787\.95 +{year}\n")
        self.assertRegex(text, r"\nreceived by counties +– +10,000,000,000\.00 +– +10,000,000,000\.00\n")
        self.assertRegex(text, r"\nspent +1,234,567\.90 +1,234,567\.89 +\+0\.01 +2,469,135\.79\n")
        owing = 61 + 171 + 210
        came = 3 + len(self.villages)
        self.assertRegex(text, rf"\n{owing} +{came} +\d+\.\d% +{came - 1} +1 +{owing - came} +0 +0 +0\n")
        self.assertRegex(text, r"change\n双阳区 +20 +45 +\+25\n\S+ +30 +11 +-19\n")
        self.assertRegex(text, r"\n… and \d+ more \(fupin late\)\n")
        lines = text.splitlines()
        self.assertLessEqual(max(map(width, lines)), 100)
        self.assertLessEqual(len(lines), 66)
        self.assertEqual(lines[-1], LABEL)

    def test_b_completeness_against_the_centre(self):
        text = self.run_fupin("bulletin", "2013-06").stdout
        rows = json.loads(self.run_fupin("completeness", "22", "2013-01..2013-06", "--by", "county", "--format", "json").stdout)["rows"][:-1]
        worst = sorted((r for r in rows if r["missing"]), key=lambda r: (-r["missing"], r["unit"]))
        shown = re.findall(r"\n\S+ +(\d{6}) +(\d+) +(\d+) +(\d+)", text)
        self.assertEqual([int(s[2]) for s in shown], [r["missing"] for r in worst[:10]])
        self.assertEqual([int(s[0]) for s in shown][:1], [worst[0]["unit"]])
        self.assertIn(f"… and {sum(1 for r in rows if r['missing'] or r['received'] > r['on_time']) - 10} more", text)

    def test_c_what_is_not_known(self):
        """A month in which nothing was reported: no figure, and above all no zero."""
        text = self.run_fupin("bulletin", "2013-12", "2208").stdout
        facts = self.facts(text)
        for name in ("this month", "last month", "change", "year so far", "of it approved", "target of the year", "reached"):
            self.assertEqual(facts[name], ["–"] * 3, name)
        self.assertRegex(text, r"\nspent +– +– +– +–\n")
        self.assertRegex(text, r"not due yet\n +– +– +– +– +– +– +– +– +0\n")  # nothing is owed before it is opened
        county = self.centre.offices["county-220122"]
        self.assertIn("农安县: bulletin of 2013-06", county.run("bulletin", "2013-06", check=0).stdout)
        county.run("bulletin", "2013-06", "22", check=3)

    def test_d_chinese_and_workbook(self):
        text = self.run_fupin("bulletin", "2013-06", language="zh_CN.UTF-8").stdout
        lines = text.splitlines()
        self.assertEqual(lines[0], "吉林省 扶贫工作月报（2013年6月）")
        self.assertLessEqual(max(map(width, lines)), 100)
        # Figures end at one place, wide characters or not.
        start = lines.index("主要指标")
        ends = {width(line.rstrip()) for line in lines[start + 1:start + 14]}
        self.assertEqual(len(ends), 1)
        english = self.run_fupin("bulletin", "2013-06").stdout
        self.run_fupin("bulletin", "2013-06", "--output", self.path("b.xlsx"))
        book = openpyxl.load_workbook(self.path("b.xlsx"))
        self.assertEqual(book.sheetnames, ["bulletin"])
        self.assertTrue(book.active.sheet_properties.pageSetUpPr.fitToPage)
        rows = {row[0]: row[1:] for row in book.active.iter_rows(values_only=True) if row[0]}
        facts = self.facts(english)
        self.assertEqual(rows["this month"][:3], (71, 3, 0.99))
        self.assertEqual(facts["this month"], ["71", "3", "0.99"])
        self.assertEqual(rows["of it approved"][:3], (10, "–", "–"))
        self.assertEqual(exact(rows["total"][9 - 1]), Decimal("2469135.79"))
        for line in english.splitlines()[-3:]:
            self.assertIn(line, rows)

    def test_e_the_same_bytes_again(self):
        """After corrections, late reports and a later clock; last, as it changes what the others look at."""
        def made(*words):
            outs = [self.run_fupin("bulletin", "2013-06", *words, language=language).stdout for language in ("C", "zh_CN.UTF-8")]
            self.run_fupin("bulletin", "2013-06", *words, "--output", self.path("again.xlsx"))
            return outs + [self.bytes_of("again.xlsx")]
        before = made()
        as_of = re.search(r"--as-of (\d+@2013-07-10T\d\d:\d\d)\n", before[0]).group(1)
        as_of_commit = made("--as-of", as_of.split("@")[0])
        self.assertEqual(made("--as-of", as_of), before)
        self.month(201306, {220122: 16}, replaces=1)
        self.put("county-220122", entry(220122, "later", kind=pb.SPENT, use=1, amount_fen=5, occurred=20130612))
        self.decide(pb.PASS, 220122, 201306, revision=2)
        self.clock(2013, 8, 12, 9)
        self.month(201307, {220122: 1})
        self.assertEqual(made("--as-of", as_of), before)
        self.assertEqual(made("--as-of", as_of.split("@")[0]), as_of_commit)
        by_time = self.run_fupin("bulletin", "2013-06", "--as-of", as_of.split("@")[1]).stdout
        self.assertEqual(by_time, before[0])
        after = self.run_fupin("bulletin", "2013-06").stdout
        self.assertEqual(self.facts(after)["this month"][0], "72")
        # At the commit itself, 8 July, or by 10 July: nothing was due in between; but both are not now.
        self.assertNotEqual(after, before[0])
        # A centre that is started anew still knows.
        self.centre.stop()
        self.centre.start()
        type(self).wires = {name: self.centre.wire(name) for name in OFFICES}
        self.assertEqual(made("--as-of", as_of), before)


class Judged(ExportTest):
    def test_a_commit_at_a_time(self):
        """What commit N knew, judged later: what was not due then is missing now."""
        def completeness(*words):
            return json.loads(self.run_fupin("completeness", "22", "2013-06", "--format", "json", *words).stdout)
        seq = self.wires["province"].ping().as_of.seq
        self.assertEqual(completeness("--as-of", f"{seq}@2013-07-04T12:00")["rows"][0]["due"], 0)
        judged = completeness("--as-of", f"{seq}@2013-07-09T00:00")
        self.assertEqual((judged["seq"], judged["time_us"]), (seq, china(2013, 7, 9) * 10**6))
        self.assertEqual(judged["rows"][0]["due"], 442)
        # As of the present commit from memory, as of an earlier one from the journal: the same.
        self.put("province", entry(22, "next", amount_fen=1, occurred=20130620))
        self.assertEqual(completeness("--as-of", f"{seq}@2013-07-09T00:00"), judged)
        # Not in the future.
        self.assertLess(completeness("--as-of", f"{seq}@2013-12-01T00:00")["time_us"], china(2013, 7, 11) * 10**6)
        # A bulletin is judged now: July's reports are overdue though nothing was committed since they were not.
        self.assertRegex(self.run_fupin("bulletin", "2013-07").stdout, r"not due yet\n +– +– +– +– +– +– +– +– +442\n")
        self.clock(2013, 8, 6, 9)
        self.assertRegex(self.run_fupin("bulletin", "2013-07").stdout, r"not due yet\n442 +0 +0\.0% +0 +0 +442 +0 +0 +0\n")


class Many(unittest.TestCase):
    """50,400 reports of a province."""

    VILLAGES = 4200

    @classmethod
    def setUpClass(cls):
        cls.bench = bench.Bench(argparse.Namespace(quick=True, long=False, dir=None))
        cls.addClassCleanup(cls.bench.end, False)
        cls.bench.start()
        cls.bench.plan("many", provinces=1, prefectures=3, counties=60, villages=cls.VILLAGES, first=201301, last=201312)
        cls.bench.fresh("many", "many")
        cls.reports = parts_size.fill(cls.bench, "many", "many", count=12 * cls.VILLAGES // 60)
        cls.centre = cls.bench.centre("many").start()
        with open(os.path.join(cls.bench.plans["many"], "keys"), encoding="ascii") as file:
            cls.keys = [line.split() for line in file]
        cls.home = parts_size.office_home(cls.bench, cls.centre, "many", cls.keys[0][0])

    @classmethod
    def tearDownClass(cls):
        cls.centre.stop()

    def words(self, *words):
        return [FUPIN, "export", "reports", "--form", "village", "--home", self.home, *words]

    def most_memory(self, path, *words):
        """VmHWM of an export in KiB. A sanitizer's own store of freed memory is kept small."""
        process = subprocess.Popen(self.words("--output", path, *words), stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, ASAN_OPTIONS="quarantine_size_mb=1:detect_leaks=0"))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss

    def test_memory_does_not_grow_with_rows(self):
        for suffix in ("csv", "json", "xlsx"):
            path = os.path.join(self.bench.directory, "many." + suffix)
            few = self.most_memory(path, "--period", "2013-01")
            size = os.path.getsize(path)
            many = self.most_memory(path)
            self.assertGreater(os.path.getsize(path), 8 * size)
            self.assertLess(many, few + 4096, suffix)
        book = openpyxl.load_workbook(path, read_only=True)
        self.addCleanup(book.close)
        rows = book.active.iter_rows(values_only=True)
        self.assertEqual(sum(1 for row in rows if re.fullmatch(r"\d{12}", str(row[0]))), self.reports)

    def test_pages_of_one_commit(self):
        """A correction while the first page is read and nobody takes the rest does not show."""
        process = subprocess.Popen(self.words("--format", "csv"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        titles = process.stdout.readline()
        self.assertTrue(titles.startswith("code,unit,county,period,"))
        last = self.last_report()
        _, public, secret = next(k for k in self.keys if str(last.key.unit).startswith(k[0]) and len(k[0]) == 6)
        office = Wire(self.centre.endpoint, self.centre.key, public, secret)
        self.addCleanup(office.close)
        row = pb.Report(unit=last.key.unit, period=last.key.period, form=last.key.form, form_version=last.version,
                        replaces=last.revision, indicators=last.indicators, values=[v + 1 for v in last.values])
        receipt = office.submit(submission(row))
        self.assertIsInstance(receipt, pb.Receipt, receipt)
        rows = list(csv.reader(process.stdout))
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(len(rows), self.reports)
        self.assertEqual([r[5] for r in rows], ["1"] * self.reports)  # the revisions
        self.assertEqual((rows[-1][0], [int(v) for v in rows[-1][9:] if v]), (str(last.key.unit), list(last.values)))
        # And now it does.
        again = subprocess.run(self.words("--format", "csv"), capture_output=True, text=True, check=True).stdout
        self.assertEqual([r[5] for r in csv.reader(io.StringIO(again))][1:].count("2"), 1)

    def last_report(self):
        _, public, secret = self.keys[0]
        wire = Wire(self.centre.endpoint, self.centre.key, public, secret)
        self.addCleanup(wire.close)
        units = sorted(u.code for u in wire.catalogue().units if u.level == pb.VILLAGE)
        return wire.reports(units[-1], 201301, 201312, values=True)[-1]


if __name__ == "__main__":
    unittest.main()
