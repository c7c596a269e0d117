"""What others wrote reaches no terminal, file or log raw: names of files and sheets, cells, notes, reasons, the centre's words."""
import json
import os
import subprocess
import unicodedata
import unittest

import openpyxl

from harness import CentreTest, entry, new_directory, pb, submission

COUNTY = 220822
BAD = "\x1b[31m", "\u202e", "\u200b", "\x9b"
HEADER = "unit,period,people_lifted,households_lifted,registered_people\n"


def raw_characters(data, breaks="\n\t"):
    """Of bytes that were printed: what should not be there."""
    text = data.decode("utf-8")  # strictly
    return {c for c in text if c not in breaks and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")}


class Texts(CentreTest):
    options = {"offices": ("province", f"county-{COUNTY}")}

    def setUp(self):
        self.office = self.centre.offices[f"county-{COUNTY}"]
        self.directory = new_directory().encode()
        self.office.run("units", check=0)

    def run_raw(self, *words):
        """Both outputs, as bytes; nothing raw in them."""
        program, command, *home = self.office.command(words[0])
        done = subprocess.run([program, command, *words[1:], *home], capture_output=True, cwd=self.directory, check=False, timeout=60)
        for data in (done.stdout, done.stderr):
            self.assertEqual(raw_characters(data), set(), data)
        return done

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def test_names_of_files(self):
        """Whatever the name is, what is printed is UTF-8, and JSON is JSON."""
        for i, bad in enumerate((*(c.encode() for c in BAD), b"\xff\xfe", "县\udcff".encode("utf-8", "surrogateescape"))):
            good, wrong = (self.write(part + bad + b".csv", HEADER + row) for part, row in (
                (b"good%d" % i, f"{COUNTY},2013-0{i + 1},1,1,900\n"), (b"wrong", f"{COUNTY},2013-01,many,1,900\n")))
            for words in (("check", wrong), ("check", "none" + bad.decode("latin-1")), ("target", "load", wrong), ("submit", wrong),
                          ("submit", good), ("outbox", "list"), ("outbox", "drop", "1"), ("status",), ("carry", wrong)):
                done = self.run_raw(*words)
                self.assertTrue(done.stdout + done.stderr or words[0] == "outbox", words)
            self.assertIn(b"good%d" % i, self.run_raw("outbox", "list").stdout, self.run_raw("submit", good))
            for words in (("check", wrong), ("outbox", "list"), ("status",)):
                json.loads(self.run_raw(*words, "--format", "json").stdout.decode("utf-8"))

    def test_sheets_and_cells(self):
        book = openpyxl.Workbook()
        book.active.append(["unit", "period", "people_lifted", "households_lifted", "registered_people", "other\u202e"])
        book.active.append([COUNTY, "2013-01", "many\u200b\u202e", 1, 900, "x"])
        book.active.title = "月报\u202e"
        book.create_sheet("其他\u200b").append(["nothing\u202e"])
        book.save(os.path.join(self.directory, b"sheet.xlsx").decode())
        self.assertTrue(self.run_raw("check", b"sheet.xlsx").stderr)
        told = json.loads(self.run_raw("check", b"sheet.xlsx", "--format", "json").stdout)
        self.assertEqual(told["sheets_not_read"], ["其他\u200b"])  # a program gets what stands there

    def test_from_others(self):
        """A note that another office sent comes to tables, CSV, JSON and workbooks."""
        wire = self.centre.wire(f"county-{COUNTY}")
        for i, note in enumerate(("=cmd()", "＝cmd()", "甲\u202e乙", "丙\u200b", "@x")):
            reply = wire.submit(submission(entry(COUNTY, f"文-{i}", note=note)))
            self.assertIsInstance(reply, pb.Receipt, reply)
        shown = self.run_raw("fund", "ledger", str(COUNTY))
        self.assertIn("<U+202E>".encode(), shown.stdout, shown.stderr)
        told = self.run_raw("fund", "ledger", str(COUNTY), "--format", "csv").stdout.decode()
        for guarded in ("'=cmd()", "'＝cmd()", "'@x"):
            self.assertIn(guarded, told)
        told = json.dumps(json.loads(self.run_raw("fund", "ledger", str(COUNTY), "--format", "json").stdout), ensure_ascii=False)
        self.assertIn("甲\u202e乙", told)
        self.assertEqual(raw_characters(self.centre.log().encode()), set())


if __name__ == "__main__":
    unittest.main()
