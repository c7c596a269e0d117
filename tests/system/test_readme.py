"""What the README and the pages for offices print of the demonstration's year is what the commands print."""
import os
import re
import subprocess
import unittest

from harness import BUILD, SOURCE, new_directory

PAGES = {"README.md": "province", "docs/county.md": "county-220822", "docs/prefecture.md": "prefecture-2208", "docs/province.md": "province"}
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


class Printed(unittest.TestCase):
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
        demo = subprocess.run([os.path.join(SOURCE, "scripts", "demo.sh"), "--", "bash", script], capture_output=True, text=True, timeout=500,
                              env=dict(os.environ, FUPIN_BUILD_DIR=BUILD, TMPDIR=directory, LC_ALL="C"))
        self.assertGreater(len(wanted), 15)
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
