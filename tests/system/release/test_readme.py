"""What the README and the documents print of the demonstration's year is what the commands print."""
import glob
import os
import re
import subprocess
import unittest

from harness import BUILD, FUPIN, SOURCE, new_directory, processor_seconds

# As which office a page's commands are run: the province, unless it is said here.
OFFICES = {"docs/county.md": "county-220822", "docs/prefecture.md": "prefecture-2208", "docs/zh/county.md": "county-222424",
           "docs/zh/prefecture.md": "prefecture-2208", "docs/zh/admin.md": "admin"}
# Another office than the page's is named before its "$": an office's directory in the demonstration.
SPEAKERS = {"通榆县": "county-220822", "汪清县": "county-222424", "白城市": "prefecture-2208", "延边州": "prefecture-2224",
            "管理员": "admin", "新电脑": "new-{}"}
# These are in Chinese, and so is what their commands print. All of their examples are run, questions and deeds, in this
# order and after all others: what one of them sends is there for the next one.
CHINESE = ["README.zh.md"] + [f"docs/zh/{name}.md" for name in ("README", "province", "prefecture", "county", "admin")]
ENGLISH = ["README.md"] + sorted(set(glob.glob("docs/**/*.md", root_dir=SOURCE, recursive=True)) - set(CHINESE))
PAGES = {page: OFFICES.get(page, "province") for page in ENGLISH + CHINESE}
# Questions; what is sent, watched, or says its port has tests of its own.
ASKED = ("total", "fund", "project", "compliance", "units", "forms", "export", "bulletin", "completeness", "history", "review list", "appraisal")
# Offices send side by side: which one was before which in a month is not said anywhere. The centre's clock
# starts on the hour of a day of the plan and runs on while the commands ask. Ids and keys are new each time, an office's own
# clock says today, and the centre's port is a free one.
MOVING = ((r"(seq|commit|--seen|序号) +\d+", r"\1 N"), (r"(seq|totals)=\d+", r"\1=N"), (r"@(\d{4}-\d\d-\d\dT\d\d):\d\d", r"@\1:MM"), (r" in \d+\.\d s$", " in N s"),
          (r"20[2-9]\d-\d\d-\d\d \d\d:\d\d:\d\d", "TODAY"), (r"(\d{4}-\d\d-\d\d \d\d):\d\d:\d\d", r"\1:MM:SS"),
          (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"), (r"\b[0-9a-f]{64}\b", "DIGEST"), (r"(fupin-\d+)-\d{8}-[0-9a-f]{8}", r"\1-ID"),
          (r"\b\d{4}( \d{4}){4}\b", "FINGERPRINT"), (r"\b[0-9A-Z]{5}(-[0-9A-Z]+){9,}", "CODE"), (r"(127\.0\.0\.1):\d+", r"\1:PORT"), (r" [!-~]{40}$", " KEY"))
# In a Chinese page's commands: what an earlier command printed stands for what it printed when the page was written.
SAID = ((r"\b[0-9A-Z]{5}(-[0-9A-Z]{5}){2,}\S*", "[0-9A-Z]{5}(-[0-9A-Z]+){9,}"), (r"\b\d{4}( \d{4}){4}\b", "[0-9]{4}( [0-9]{4}){4}"),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), (r"--seen \d+", "--seen [0-9]+"))
STICK = "/media/usb"


def examples(page):
    """(home, command, the lines below it); a command None: what scripts/demo.sh itself prints."""
    found, lines = [], None
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        for line in file.read().split("\n"):
            prompt = re.match(r"    ([\u4e00-\u9fff]*)\$ (.*)", line)
            if prompt:
                lines = []
                home = SPEAKERS[prompt[1]].format(os.path.basename(page)) if prompt[1] else PAGES[page]
                found.append((home, prompt[2], lines))
            elif re.match(r"    \d+ offices worked through", line):
                lines = [line[4:]]
                found.append((PAGES[page], None, lines))
            elif lines is not None and (line.startswith("    ") or not line):
                lines.append(line[4:])
            else:
                lines = None
    return found


def still(line, page):
    for pattern, text in MOVING:
        line = re.sub(pattern, text, line)
    if page in CHINESE:  # "3天 9小时" becomes ten while the commands ask, and its column wider
        line = re.sub(r"(\d天) \d+小时", r"\1 N小时", re.sub(r" {2,}", " ", line))
    return line.rstrip()


# What the year left in the database; as who made it: PostgreSQL lets only him in.
COUNT = ('psql -h "$FUPIN_DEMO_DIR/data/run" -U "$(stat -c %U "$FUPIN_DEMO_DIR/data/pg")" -d fupin -At '
         '-c "SELECT count(*) FROM report" -c "SELECT count(*) FROM review"\n')


def wanted_of(page):
    """Its examples that are run."""
    return [(page, *example) for example in examples(page) if page in CHINESE or example[1] is None or example[1].startswith("cut ") or
            example[1].removeprefix("fupin ").startswith(ASKED)]


def as_run(command, directory):
    """A Chinese page's command: the stick is a folder, codes are those of this run, and a question has its terminal."""
    command = re.sub(r"(fupin-\d+)-\d{8}-[0-9a-f]{8}", r"\1-*", command.replace(STICK, directory + STICK))
    for pattern, printed in SAID:
        command = re.sub(pattern, lambda _, printed=printed: f"$(ls -t *.txt | xargs grep -ohE -e '{printed}' | head -n 1)", command)
    if re.fullmatch(r"fupin admin admit \d+", command):
        answer = "until grep -qs 'yes：' asked; do sleep 0.02; done; echo yes"
        command = f"rm -f asked; ({answer}) | SHELL=/bin/sh script -qefc '{command}' asked | tr -d '\\r'"
    return command


def write_script(wanted, directory):
    """Runs them in order; what number i prints is in i.txt. `cat FILE` is how a page shows a file: it is written."""
    os.makedirs(directory + STICK)
    script = os.path.join(directory, "examples.sh")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f'cd {directory}\n{COUNT}cp "$FUPIN_DEMO_DIR/sheets/plan.pdf" 实施方案.pdf\n')
        for i, (page, home, command, lines) in enumerate(wanted):
            if not command:
                continue
            locale = "C"
            if page in CHINESE:
                locale = "zh_CN.UTF-8"
                if command.startswith("cat "):
                    command = f"cat >{command[4:]} <<'END'\n" + "\n".join(line for line in lines if line) + "\nEND\n" + command
                command = as_run(command, directory)
            file.write(f'export FUPIN_HOME="$FUPIN_DEMO_DIR/home/{home}" LC_ALL={locale}; {{ {command}\n}} >{i}.txt 2>&1\n')
    return script


# The year starts the program so often: offices work with it, each month anew.
STARTS = 1150
# So many examples the documents have: one that a page loses is missed.
EXAMPLES = 120


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
        wanted = [example for page in PAGES for example in wanted_of(page)]
        script = write_script(wanted, directory)
        before = processor_seconds()
        demo = subprocess.run([os.path.join(SOURCE, "scripts", "demo.sh"), "--", "bash", script], capture_output=True, text=True, timeout=500,
                              env=dict(os.environ, FUPIN_BUILD_DIR=BUILD, TMPDIR=directory, LC_ALL="C"))
        used = processor_seconds() - before
        self.check_table(demo.stdout)
        self.check_counts(demo.stdout)
        starts = seconds_of_starts()
        self.assertLess(used / starts, 4, f"{used:.1f} s of a processor; to start the programs alone takes {starts:.1f} s")
        self.assertGreaterEqual(len(wanted), EXAMPLES)
        for i, (page, _, command, lines) in enumerate(wanted):
            out = demo.stdout
            if command:
                with open(os.path.join(directory, f"{i}.txt"), encoding="utf-8") as file:
                    out = file.read().replace(directory + STICK, STICK)
            with self.subTest(page=page, command=command):
                printed = [still(line, page) for line in out.split("\n")]
                for line in lines:
                    if line.strip() not in ("", "…"):
                        self.assertIn(still(line, page), printed)


class Explained(unittest.TestCase):
    """What the Chinese pages explain is what the programs say, word for word."""

    def rows_below(self, header):
        """(page, what stands in backquotes in a row's first cell) of each table with this header."""
        for page in CHINESE:
            inside = False
            with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
                for line in file:
                    inside = line.startswith("|") and (inside or line.startswith(f"| {header} |"))
                    if inside:
                        yield from ((page, text) for text in re.findall(r"`([^`]+)`", line.split(" | ")[0]) if text != header.strip("`"))

    def test_messages(self):
        texts = ""
        for path in [os.path.join(SOURCE, "client/po/zh_CN.po")] + glob.glob(os.path.join(SOURCE, "c*/**/*.c"), recursive=True):
            with open(path, encoding="utf-8") as file:
                texts += re.sub(r'"\s*\n\s*"', "", file.read())
        rows = list(self.rows_below("提示"))
        self.assertGreater(len(rows), 60)
        for page, message in rows:
            for part in message.split("…"):
                with self.subTest(page=page, message=message):
                    self.assertTrue(part.strip() in texts, "said nowhere")

    def test_events(self):
        texts = ""
        for path in glob.glob(os.path.join(SOURCE, "server/**/*.c"), recursive=True):
            with open(path, encoding="utf-8") as file:
                texts += file.read()
        rows = list(self.rows_below("`event=`"))
        self.assertGreater(len(rows), 30)
        for page, event in rows:
            with self.subTest(page=page, event=event):
                self.assertTrue(f'"{event}"' in texts, "logged nowhere")


if __name__ == "__main__":
    unittest.main()
