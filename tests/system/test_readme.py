"""What the README and the documents print of the demonstration's year is what the commands print."""
import glob
import os
import re
import subprocess
import unittest

from harness import BUILD, FUPIN, SOURCE, new_directory, processor_seconds

# As which office a page's commands are run: the province, unless it is said here.
OFFICES = {"docs/county.md": "county-220822", "docs/prefecture.md": "prefecture-2208"}
PAGES = {page: OFFICES.get(page, "province") for page in ["README.md"] + sorted(glob.glob("docs/**/*.md", root_dir=SOURCE, recursive=True))}
# Questions; what is sent, watched, or says its port has tests of its own.
ASKED = ("total", "fund", "project", "compliance", "units", "forms", "export", "bulletin", "completeness", "history", "review list", "appraisal")
# Offices send side by side: which one was before which in a month is not said anywhere. The centre's clock
# starts on the hour of a day of the plan and runs on while the commands ask.
MOVING = ((r"(seq|commit|--seen) +\d+", r"\1 N"), (r" in \d+\.\d s$", " in N s"),
          (r"(\d{4}-\d\d-\d\d \d\d):\d\d:\d\d", r"\1:MM:SS"))


def examples(page):
    """(command, the lines below it); None: what scripts/demo.sh itself prints."""
    found, lines = [], None
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("    $ "):
                lines = []
                found.append((line[6:], lines))
            elif re.match(r"    \d+ offices worked through", line):
                lines = [line[4:]]
                found.append((None, lines))
            elif lines is not None and (line.startswith("    ") or not line):
                lines.append(line[4:])
            else:
                lines = None
    return found


def still(line):
    for pattern, text in MOVING:
        line = re.sub(pattern, text, line)
    return line.rstrip()


# The year starts the program so often: offices work with it, each month anew.
STARTS = 1150
# So many examples the documents have: one that a page loses is missed.
EXAMPLES = 25
# What the year left in the database; as who made it: PostgreSQL lets only him in.
COUNT = ('psql -h "$FUPIN_DEMO_DIR/data/run" -U "$(stat -c %U "$FUPIN_DEMO_DIR/data/pg")" -d fupin -At '
         '-c "SELECT count(*) FROM report" -c "SELECT count(*) FROM review"\n')


def seconds_of_starts():
    """What these starts alone take of a processor on this machine, now: the year's measure."""
    before, tried = processor_seconds(), 120
    for _ in range(tried):
        subprocess.run([FUPIN, "version"], stdout=subprocess.DEVNULL, check=True)
    return (processor_seconds() - before) * STARTS / tried


class Printed(unittest.TestCase):
    """The demonstration's whole year, every figure of it, and what the documents print of it."""

    def check_table(self, out):
        self.assertIn("演示数据 / demonstration data", out)
        rows = re.findall(r"^(22\d\d) ", out, re.M)
        self.assertEqual(len(rows), 10)
        self.assertRegex(out, r"吉林省 total +302,158 +295,656 300,000 +100\.7% +2,158 +200 +189 +200 +100\.0% +0 +571,550,000\.00 570,000,000\.00 +100\.2%")
        self.assertRegex(out, r"\n(target of the year) +300,000 +200 +570,000,000\.00")
        self.assertRegex(out, r"Late offices\noffice +code .*\n汪清县 222424 ")
        self.assertEqual(len(re.findall(r"^2208\d\d .* 2013-12 county +1 sent ", out, re.M)), 5)
        # The rules find the two irregularities that the year was made with, and no third one of their kind.
        for rule, county in (("Special funds kept back", "220722 长岭县"), ("Share of grants to villages for industry", "220821 镇赉县")):
            self.assertEqual(re.findall(rf"^red +{rule} +\S+ +(\d{{6}} \S+)", out, re.M), [county])
        self.assertRegex(out, r"\ngreen Special funds raised +四\(二\) +22 +吉林省 571,550,000\.00 ≥ +570,000,000\.00 yuan")
        self.assertRegex(out, r"offices worked through 12 months .* in [\d.]+ s")

    def check_counts(self, out):
        """Every county, township and village each month, but for one county's December; and one correction."""
        with open(os.path.join(SOURCE, "db", "plan-2013", "units.csv"), encoding="utf-8") as file:
            below = len(re.findall(r"^222424\d{3,6},", file.read(), re.M))
        self.assertGreater(below, 0)
        reports, reviews = map(int, out.split()[-2:])
        self.assertEqual(reports, 12 * (61 + 171 + 210) - (1 + below) + 1)
        self.assertGreater(reviews, 11 * 2 * 442)

    def test_examples(self):
        directory = new_directory()
        wanted = [(page, command, lines) for page in PAGES for command, lines in examples(page)
                  if command is None or command.startswith("cut ") or command.removeprefix("fupin ").startswith(ASKED)]
        script = os.path.join(directory, "examples.sh")
        with open(script, "w", encoding="utf-8") as file:
            file.write("cd " + directory + "\n")
            for i, (page, command, _) in enumerate(wanted):
                if command:
                    file.write(f'export FUPIN_HOME="$FUPIN_DEMO_DIR/home/{PAGES[page]}"; {command} > {i}.txt 2>&1\n')
            file.write(COUNT)
        before = processor_seconds()
        demo = subprocess.run([os.path.join(SOURCE, "scripts", "demo.sh"), "--", "bash", script], capture_output=True, text=True, timeout=500,
                              env=dict(os.environ, FUPIN_BUILD_DIR=BUILD, TMPDIR=directory, LC_ALL="C"))
        used = processor_seconds() - before
        self.check_table(demo.stdout)
        self.check_counts(demo.stdout)
        starts = seconds_of_starts()
        self.assertLess(used / starts, 4, f"{used:.1f} s of a processor; to start the programs alone takes {starts:.1f} s")
        self.assertGreaterEqual(len(wanted), EXAMPLES)
        for i, (page, command, lines) in enumerate(wanted):
            out = demo.stdout
            if command:
                with open(os.path.join(directory, f"{i}.txt"), encoding="utf-8") as file:
                    out = file.read()
            with self.subTest(page=page, command=command):
                printed = [still(line) for line in out.split("\n")]
                for line in lines:
                    if line.strip() not in ("", "…"):
                        self.assertIn(still(line), printed)


if __name__ == "__main__":
    unittest.main()
