"""The programs of examples/: run against a real centre, and shown in the documents as they are."""
import os
import re
import shutil
import subprocess
import sys
import unittest

from harness import SLOW, SOURCE, CentreTest, new_directory, report, submission
from installed import Installed

COUNTY, OTHER = 222403, 220122


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def shown(page, command):
    """What a page prints below a command, numbers and ids masked."""
    lines = read(page).split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("    $ " + command))
    return lines[at][6:].split(), mask(lines[at + 1].strip())


def mask(line):
    return re.sub(r"seq \d+", "seq N", re.sub(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", "ID", line))


class Examples(CentreTest):
    def run_it(self, *words, status, **options):
        result = subprocess.run(words, capture_output=True, text=True, timeout=60 * SLOW, check=False, **options)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout, result.stderr

    def test_c(self):
        program = Installed().compile(os.path.join(SOURCE, "examples", "submit.c"))
        home, sheet = self.centre.offices[f"county-{COUNTY}"].home, os.path.join(new_directory(), "december.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write(f"unit,period,people_lifted,households_lifted,registered_people\n{COUNTY},2013-12,40,12,900\n")
        out, _ = self.run_it(program, home, sheet, status=0)
        self.assertEqual(mask(out.strip()), shown("docs/library.md", "./submit")[1])
        self.assertEqual(self.run_it(program, home, sheet, status=0)[0], out)  # the same again, the same receipt
        with open(sheet, "a", encoding="utf-8") as file:
            file.write(f"{COUNTY},2013-11,-1,12,900\n")
        self.assertRegex(self.run_it(program, home, sheet, status=3)[1], "december.csv: row 3, column people_lifted.*: -1 is less than")
        self.assertIn("fupin.ini", self.run_it(program, "/nowhere", sheet, status=5)[1])
        self.run_it(program, status=2)

    def test_python(self):
        office = self.centre.offices[f"county-{OTHER}"]
        shutil.copy(os.path.join(self.centre.data, "centre.key"), office.home)
        script = os.path.join(SOURCE, "examples", "submit.py")
        words, wanted = shown("proto/PROTOCOL.md", "python3 submit.py")
        command = [sys.executable, script, office.home, self.centre.endpoint, *words[4:]]
        out, _ = self.run_it(*command, status=0)
        self.assertEqual(mask(out.strip()), wanted)
        self.assertEqual(os.path.exists(os.path.join(office.home, "submission")), False)
        refused = self.run_it(*command, status=1)[1]
        self.assertIn("REVISION_CONFLICT", refused)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM report WHERE unit = %s AND period = 201301", OTHER), [(1,)])

    def test_python_goes_on_where_it_was(self):
        """Killed when the bytes were stored: the same ones go the next time."""
        office = self.centre.offices[f"county-{OTHER}"]
        shutil.copy(os.path.join(self.centre.data, "centre.key"), office.home)
        command = [sys.executable, os.path.join(SOURCE, "examples", "submit.py"), office.home, self.centre.endpoint, str(OTHER), "201302",
                   "people_lifted=1", "households_lifted=1", "registered_people=900"]
        out, _ = self.run_it(*command, status=0)
        again = submission(report(self.numbers, OTHER, 201303, people_lifted=7))
        with open(os.path.join(office.home, "submission"), "wb") as file:
            file.write(again.SerializeToString())
        out, _ = self.run_it(*command, status=0)
        self.assertIn(again.id.hex(), out)

    def test_shown_as_they_are(self):
        for page, path, start in (("docs/library.md", "examples/submit.c", "#include"), ("proto/PROTOCOL.md", "examples/submit.py", "import hashlib")):
            text = read(path)
            text = "".join("    " + line.replace("\t", "    ") + "\n" if line else "\n" for line in text[text.index(start):].rstrip("\n").split("\n"))
            self.assertIn(text, read(page), path)


if __name__ == "__main__":
    unittest.main()
