"""scripts/demo.sh as a newcomer runs it: every county's year, the table, and nothing left behind."""
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import unittest

from harness import BUILD, FUPIN, SLOW, SOURCE, new_directory, processes_below, wait_for

DEMO = os.path.join(SOURCE, "scripts", "demo.sh")
LABEL = "演示数据 / demonstration data"


# The year starts the program so often: offices work with it, each month anew.
STARTS = 1150


def seconds_of_starts():
    """What these starts alone take on this machine, now, as many at a time as it has processors: the year's measure."""
    at_once, tried = os.cpu_count() or 1, 120
    begin = time.monotonic()
    for _ in range(tried // at_once):
        running = [subprocess.Popen([FUPIN, "version"], stdout=subprocess.DEVNULL) for _ in range(at_once)]
        for process in running:
            process.wait(60)
    return (time.monotonic() - begin) * STARTS / tried


class Demo(unittest.TestCase):
    def setUp(self):
        self.directory = os.path.join(new_directory(), "with a space")
        os.makedirs(self.directory)
        self.environment = dict(os.environ, FUPIN_BUILD_DIR=BUILD, TMPDIR=self.directory, LC_ALL="C")

    def tearDown(self):
        wait_for("the end of all processes", lambda: not processes_below(self.directory))

    def start(self, *words, become=()):
        return subprocess.Popen([*become, DEMO, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self.environment, start_new_session=True)

    def run_demo(self, *words, status=0, become=()):
        demo = self.start(*words, become=become)
        out, err = demo.communicate(timeout=300 * min(SLOW, 2))
        self.assertEqual(demo.returncode, status, out + err)
        return out

    def check_table(self, out, months=12):
        self.assertIn(LABEL, out)
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
        seconds = float(re.search(rf"offices worked through {months} months .* in ([\d.]+) s", out).group(1))
        bare = seconds_of_starts() * months / 12
        self.assertLess(seconds / bare, 4, f"{seconds} s for what takes {bare:.1f} s to start alone")
        return out[out.index("吉林省 total"):].splitlines()[0]

    @unittest.skipIf(SLOW > 1, "ten minutes of starting programs, for nothing that a sanitizer would see")
    def test_once_twice_in_a_row(self):
        first = self.check_table(self.run_demo("--once"))
        self.assertEqual(self.check_table(self.run_demo("--once")), first)
        self.assertEqual(os.listdir(self.directory), [])

    def test_command_gets_the_centre_and_gives_its_status(self):
        out = self.run_demo("--months", "2", "--", "sh", "-c", "fupin total 2208 --by county --format csv && "
                            "FUPIN_HOME=$FUPIN_DEMO_DIR/home/county-220822 fupin status && "
                            "fupind verify --data \"$FUPIN_DEMO_DIR/data\"; test $? = 0 && exit 7", status=7)
        self.assertIn("220822,通榆县,", out)
        self.assertIn("this office county-220822, role county, unit 220822", out)
        self.assertIn("10 receipted", out)
        self.assertIn("drift=0", out)

    @unittest.skipIf(SLOW > 1, "a second year has nothing that a sanitizer would see")
    def test_kept_directory(self):
        kept = os.path.join(self.directory, "kept")
        self.run_demo("--once", "--months", "11", "--dir", kept)
        first = self.check_table(self.run_demo("--once", "--dir", kept), months=1)
        again = self.run_demo("--once", "--dir", kept)
        self.assertIn("the year was sent before", again)
        self.assertIn(first, again)
        self.assertTrue(os.path.exists(os.path.join(kept, "data", "pg", "PG_VERSION")))

    def wait_for_table(self, demo):
        for line in demo.stdout:
            if line.startswith("Ctrl-C ends it"):
                return
        self.fail("the demo ended: " + demo.stderr.read())

    def test_interrupt_leaves_nothing(self):
        demo = self.start("--months", "1")
        self.wait_for_table(demo)
        self.assertTrue(processes_below(self.directory))
        os.killpg(demo.pid, signal.SIGINT)
        demo.communicate(timeout=60 * SLOW)
        self.assertEqual(demo.returncode, 130)
        self.assertEqual(os.listdir(self.directory), [])

    def test_interrupt_in_the_middle_leaves_nothing(self):
        demo = self.start()
        wait_for("the clients", lambda: any("fupin submit" in line for line in processes_below(self.directory)))
        os.killpg(demo.pid, signal.SIGINT)
        demo.communicate(timeout=60 * SLOW)
        self.assertEqual(os.listdir(self.directory), [])

    def test_killed_centre_leaves_nothing(self):
        demo = self.start("--months", "1")
        self.wait_for_table(demo)
        for path in os.listdir("/proc"):
            if path.isdigit():
                try:
                    with open(f"/proc/{path}/cmdline", encoding="utf-8", errors="replace") as file:
                        line = file.read()
                except OSError:
                    continue
                if line.startswith("fupind\0") and self.directory in line:
                    os.kill(int(path), signal.SIGKILL)
        _, err = demo.communicate(timeout=60 * SLOW)
        self.assertEqual(demo.returncode, 1)
        self.assertIn("the centre ended by itself", err)

    def test_killed_script_leaves_nothing(self):
        demo = self.start("--months", "1")
        self.wait_for_table(demo)
        demo.kill()
        demo.communicate()

    @unittest.skipUnless(os.geteuid() == 0, "only root can become an ordinary user")
    def test_ordinary_user(self):
        """With the clone's own files read only, as another user's are."""
        user = pwd.getpwnam("nobody")
        shutil.chown(self.directory, user.pw_uid, user.pw_gid)
        become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "env", "HOME=/"]
        reachable = subprocess.run(become + ["test", "-x", os.path.join(BUILD, "fupind"), "-a", "-r", DEMO], check=False)
        if reachable.returncode:
            self.skipTest("the build is where another user cannot get to")
        if SLOW > 1:  # a sanitizer's slow starts: the year is run without one
            self.assertIn(LABEL, self.run_demo("--once", "--months", "1", become=become))
        else:
            self.check_table(self.run_demo("--once", become=become))
        self.assertEqual(os.listdir(self.directory), [])


if __name__ == "__main__":
    unittest.main()
