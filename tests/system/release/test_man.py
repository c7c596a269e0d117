"""The manual pages say what there is, all of it and nothing else: subcommands, options, columns, files."""
import glob
import os
import re
import shutil
import subprocess
import unittest

import commands
from places import BUILD, SOURCE

MAN = os.path.join(SOURCE, "docs", "man")
PAGES = sorted(glob.glob(os.path.join(MAN, "*.[158]")))
CHINESE = os.path.join(MAN, "zh_CN", "fupin.1")
OFFICE, TABLE = {"--home": True, "--timeout": True, "--json": False}, {"--format": True, "--output": True, "--bom": False}
SHARED = {"Takes the office options.": OFFICE, "适用单位选项。": OFFICE,
          "Takes the table options.": OFFICE | TABLE, "适用表格选项。": OFFICE | TABLE}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def section(text, name):
    return re.search(r"^\.Sh %s\n(.*?)(?=^\.Sh |\Z)" % name, text, re.M | re.S).group(1)


def listed(text):
    """Options of a list, and whether a value follows."""
    return {"-" + name: bool(rest.strip()) for name, rest in re.findall(r"^\.It Fl (-[a-z-]+)(.*)$", text, re.M)}


class ManualPages(unittest.TestCase):
    maxDiff = None

    def check_commands(self, text, name):
        parts = re.split(r"^\.Ss (.*)\n", section(text, name), flags=re.M)[1:]
        said = {}
        for command, body in zip(parts[::2], parts[1::2]):
            shared = [options for line, options in SHARED.items() if line in body.splitlines()]
            said[command] = listed(body) | (shared[0] if shared else {})
            self.assertRegex(body, r"(?m)^\.Dl \$ fupin %s\b" % command)
            self.assertRegex(body, r"(?m)^\.Nm Cm %s\b" % command)
        there = commands.commands()
        self.assertEqual(list(said), list(there))
        for command, options in there.items():
            self.assertEqual(sorted(said[command].items()), sorted(options.items()), command)

    def test_subcommands(self):
        self.check_commands(read(MAN, "fupin.1"), "COMMANDS")

    def test_chinese_page(self):
        self.check_commands(read(CHINESE), "子命令")

    def test_help_lists_the_same(self):
        out = subprocess.run([os.path.join(BUILD, "fupin"), "help"], capture_output=True, text=True, check=True,
                             env=dict(os.environ, LC_ALL="C")).stdout
        listed_there = set(re.findall(r"^ *fupin ([a-z-]+)\b(?! [0-9-])", out, re.M))
        self.assertEqual(listed_there - {"help", "version"}, set(commands.commands()))

    def test_shared_options(self):
        """What the two sentences stand for is what command.h's macros hold."""
        known = commands.macros(commands.sources())
        self.assertEqual(commands.options_in(known["COMMAND_OPTIONS"], known), OFFICE)
        self.assertEqual(commands.options_in(known["TABLE_OPTIONS"], known), OFFICE | TABLE)
        for page, name in (("fupin.1", "OPTIONS"), ("zh_CN/fupin.1", "选项")):
            self.assertEqual(listed(section(read(MAN, page), name)), OFFICE | TABLE)

    def test_centre(self):
        text = read(MAN, "fupind.8")
        there, options = commands.centre()
        self.assertEqual(re.findall(r"^\.It Cm (\w+)$", section(text, "COMMANDS"), re.M), there)
        self.assertEqual(list(listed(section(text, "OPTIONS"))), options)

    def test_exit_status(self):
        numbers = sorted(re.findall(r"EXIT_\w+ = (\d)", commands.sources()["command.h"]))
        for page, name in (("fupin.1", "EXIT STATUS"), ("zh_CN/fupin.1", "退出状态")):
            self.assertEqual(re.findall(r"^\.It (\d)$", section(read(MAN, page), name), re.M), numbers)

    def test_environment(self):
        asked = set(re.findall(r'getenv\("(\w+)"\)', "".join(commands.sources().values())))
        said = set(re.findall(r"[A-Z_]+", " ".join(re.findall(r"^\.It Ev (.*)$", read(MAN, "fupin.1"), re.M))))
        self.assertEqual(said, asked | {"LC_ALL", "LC_MESSAGES", "LANG"})

    def test_columns_of_sheets(self):
        columns = set(re.findall(r'\[FIELD_\w+\] = \{"(\w+)"', commands.sources()["sheet_header.c"]))
        text = read(MAN, "fupin-sheet.5")
        said = set()
        for name in ("REPORTS", "FUND ENTRIES", "PROJECTS"):
            for item in re.findall(r"^\.It (.*)$", section(text, name), re.M):
                said.update(re.findall(r"Ic (\w+)", item))
        self.assertEqual(said, columns)

    def test_files_of_a_plan(self):
        code = "".join(read(path) for path in glob.glob(os.path.join(SOURCE, "server", "plan", "plan*.c")))
        there = set(re.findall(r'"(\w+\.csv)"', code))
        items = " ".join(re.findall(r"^\.It Pa (.*)$", read(MAN, "fupin-plan.5"), re.M))
        self.assertEqual(set(re.findall(r"[a-z_]+\.csv", items)), there)
        # Those without which no plan is read.
        needed = there - set(re.findall(r'source->has\(source, "(\w+\.csv)"', code))
        sentence = re.search(r"\.Pp\n((?:\.Pa .*\n|and\n)+)have to be there", read(MAN, "fupin-plan.5")).group(1)
        self.assertEqual(set(re.findall(r"[a-z_]+\.csv", sentence)), needed)

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc(self):
        out = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *PAGES, CHINESE], capture_output=True,
                             text=True, check=False).stdout
        # mandoc knows sections by their English names only.
        bad = [line for line in out.splitlines() if not re.search(r"zh_CN.*(NAME)", line) and "referenced manual" not in line]
        self.assertEqual(bad, [])

    @unittest.skipUnless(shutil.which("man") and shutil.which("groff"), "man is not installed")
    def test_groff(self):
        for page in PAGES + [CHINESE]:
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page], check=False,
                                  capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="120"))
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)


if __name__ == "__main__":
    unittest.main()
