"""What the scripts and ctest's entries stand on: packages are asked for once and apt is waited for; no test is skipped
unseen; the summary counts what there was."""
import os
import shutil
import subprocess
import sys
import unittest

from harness import SOURCE, new_directory

LOCKED = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 42 (unattended-upgr)"


class Packages(unittest.TestCase):
    """scripts/lib.sh with programs of the test's own in place of apt's."""

    def setUp(self):
        self.directory = new_directory()
        self.there, self.log, self.locks = (os.path.join(self.directory, name) for name in ("there", "log", "locks"))
        self.write(self.there, "one\ntwo\n")
        self.write(self.log, "")
        self.write(self.locks, "0")
        self.program("dpkg-query", f'grep -qx "${{@: -1}}" {self.there} && printf "ii "')
        self.program("apt-get", f'n=$(cat {self.locks}); if [ "$n" -gt 0 ]; then echo $((n - 1)) >{self.locks}; '
                     f'echo "{LOCKED}"; exit 100; fi; echo "$@" >>{self.log}; [ ! -e {self.log}.fail ] || '
                     '{ echo "E: Unable to locate package three"; exit 100; }')
        self.program("id", "echo 0")
        self.program("sleep", "exit 0")

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def program(self, name, text):
        path = os.path.join(self.directory, name)
        self.write(path, "#!/bin/bash\n" + text + "\n")
        os.chmod(path, 0o755)

    def need(self, *packages, before=""):
        """The exit status, what was said, and apt-get's command lines without their options."""
        script = f'set -euo pipefail; . {SOURCE}/scripts/lib.sh; {before} need_packages {" ".join(packages)}'
        result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60,
                                env=dict(os.environ, PATH=self.directory + ":" + os.environ["PATH"]))
        with open(self.log, encoding="utf-8") as file:
            calls = [[word for word in line.split() if not word.startswith("-") and "=" not in word] for line in file]
        return result.returncode, result.stdout + result.stderr, calls

    def test_with_everything_there_no_apt_is_called(self):
        self.assertEqual(self.need("one", "two"), (0, "", []))

    def test_only_what_is_missing_is_installed(self):
        status, said, calls = self.need("one", "three", "two", "four")
        self.assertEqual((status, calls), (0, [["update"], ["install", "three", "four"]]))
        self.assertIn("installing: three four", said)

    def test_another_apt_is_waited_for(self):
        self.write(self.locks, "3")
        status, said, calls = self.need("three")
        self.assertEqual((status, calls), (0, [["update"], ["install", "three"]]))
        self.assertEqual(said.count("waiting for another apt: Could not get lock /var/lib/apt/lists/lock. "
                                    "It is held by process 42 (unattended-upgr)"), 1)

    def test_another_apt_is_not_waited_for_without_end(self):
        self.write(self.locks, "1000000")
        status, said, calls = self.need("three", before="apt_lock_seconds=1;")
        self.assertEqual((status, calls), (100, []))
        self.assertIn(LOCKED, said)

    def test_what_apt_says_is_shown(self):
        self.write(self.log + ".fail", "")
        status, said, _ = self.need("three")
        self.assertEqual(status, 100)
        self.assertIn("E: Unable to locate package three", said)


class Runner(unittest.TestCase):
    """tests/run.py and tests/summary.py."""

    def setUp(self):
        self.directory = new_directory()
        shutil.copy(os.path.join(SOURCE, "tests", "run.py"), self.directory)
        self.path = os.path.join(self.directory, "test_x.py")
        self.fill("def test_a(self): pass")

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    def fill(self, *lines, skips=""):
        self.write("test_x.py", "import unittest\nclass X(unittest.TestCase):\n" + "".join(f"  {line}\n" for line in lines) +
                   "class Y(unittest.TestCase):\n  def test_y(self): pass\n")
        self.write("skips.txt", skips)

    def run_tests(self, *words, **environment):
        clean = {name: value for name, value in os.environ.items() if name not in ("FUPIN_SLOW", "FUPIN_WHOLE")}
        result = subprocess.run([sys.executable, os.path.join(self.directory, "run.py"), self.path, *words],
                                capture_output=True, text=True, check=False, env=dict(clean, **environment))
        lines = [line.rsplit(" ", 2)[0] if line.endswith(" s") else line for line in result.stdout.splitlines()]
        return result.returncode, [" ".join(line.split()[:2]) for line in lines if line.startswith(("passed", "FAILED", "skipped"))]

    def test_classes_are_chosen(self):
        self.assertEqual(self.run_tests(), (0, ["passed x.X.test_a", "passed x.Y.test_y"]))
        self.assertEqual(self.run_tests("Y"), (0, ["passed x.Y.test_y"]))
        self.assertEqual(self.run_tests("-Y"), (0, ["passed x.X.test_a"]))
        self.assertEqual(self.run_tests("-X", "-Y"), (0, []))
        self.assertEqual(self.run_tests("Z")[0], 1)
        self.assertEqual(self.run_tests("-Z")[0], 1)

    def test_a_failure_fails(self):
        for line in ("def test_a(self): self.fail('x')", "def test_a(self): raise OSError('x')",
                     "def test_a(self):\n    with self.subTest(): self.fail('x')",
                     "@classmethod\n  def setUpClass(cls): raise OSError('x')\n  def test_a(self): pass"):
            self.fill(line)
            status, lines = self.run_tests("X")
            self.assertEqual((status, lines[0].split()[0]), (1, "FAILED"), line)

    def test_a_skip_fails_unless_it_is_listed(self):
        skip = "@unittest.skip('not today')\n  def test_a(self): pass"
        self.fill(skip)
        self.assertEqual(self.run_tests("X"), (1, ["FAILED x.X.test_a"]))
        for condition, name in (("sanitizer", "FUPIN_SLOW"), ("large", "FUPIN_WHOLE")):
            self.fill(skip, skips=f"# why\nx.X.test_* {condition} because of that\n")
            allowed, forbidden = ({name: "1"}, {}) if condition == "sanitizer" else ({}, {name: "1"})
            self.assertEqual(self.run_tests("X", **allowed), (0, ["skipped x.X.test_a"]))
            self.assertEqual(self.run_tests("X", **forbidden), (1, ["FAILED x.X.test_a"]))
        self.fill(skip, skips="x.X.test_* never because\n")
        self.assertEqual(self.run_tests("X")[0], 1)

    def summary(self, *cases):
        """What is said of an entry (name, seconds, status, output) each."""
        self.write("gcc.xml", "<testsuite>" + "".join(
            f'<testcase name="{name}" time="{seconds}" status="{status}"><system-out>{text}</system-out></testcase>'
            for name, seconds, status, text in cases) + "</testsuite>")
        result = subprocess.run([sys.executable, os.path.join(SOURCE, "tests", "summary.py"),
                                 os.path.join(self.directory, "gcc.xml")], capture_output=True, text=True, check=False)
        return result.returncode, result.stdout

    def test_summary(self):
        unit = ("unit_x", 0.1, "run", "[  PASSED  ] 7 test(s).")
        system = ("system_x", 5.5, "run", "passed  x.X.a 1.00 s\nskipped x.X.b 0.00 s no zsh\nprocessor 3.2 s")
        crash = ("crash", 20, "run", "anything")
        status, out = self.summary(unit, system, crash)
        self.assertEqual(status, 0)
        self.assertTrue(out.endswith("\n9 passed, 0 failed, 1 skipped\n"), out)
        self.assertIn("20.0 s  crash\n     5.5 s  system_x, 3.2 s of a processor\n     0.1 s  unit_x", out)
        self.assertIn("skipped:\n  x.X.b no zsh\n", out)
        for bad in (("unit_y", 1, "fail", "[  PASSED  ] 2 test(s).\n[  FAILED  ] 1 test(s)"),
                    ("system_y", 1, "fail", "passed  y.X.a 1.00 s\npassed  y.X.b 1.00 s\nFAILED  y.X.c 1.00 s"),
                    ("crash_y", 1, "fail", "passed  y.X.a 1.00 s\npassed  y.X.b 1.00 s")):
            status, out = self.summary(unit, bad)
            self.assertEqual(status, 1)
            self.assertIn(f"failed: {bad[0]}\n9 passed, 1 failed, 0 skipped\n", out)
        self.assertEqual(self.summary()[0], 1)


if __name__ == "__main__":
    unittest.main()
