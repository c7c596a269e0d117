"""scripts/demo.sh as a newcomer runs it: the offices' months, the table, and nothing left behind. The whole year is
test_readme's."""
import os
import pwd
import re
import shutil
import signal
import subprocess
import unittest

from harness import BUILD, FUPIN, SLOW, SOURCE, new_directory, processes_below, wait_for

DEMO = os.path.join(SOURCE, "scripts", "demo.sh")
LABEL = "演示数据 / demonstration data"


# The province after two months, however it came to them.
TWO_MONTHS = r"吉林省 total +7,450 +7,450 300,000 .* 32,260,000\.00 570,000,000\.00 +5\.6% 32,236,000\.00 97,494,598\.53"

class Demo(unittest.TestCase):
    def setUp(self):
        self.directory = os.path.join(new_directory(), "a b")
        os.makedirs(self.directory)
        self.environment = dict(os.environ, FUPIN_BUILD_DIR=BUILD, TMPDIR=self.directory, LC_ALL="C")

    def tearDown(self):
        wait_for("the end of all processes", lambda: not processes_below(self.directory))

    def start(self, *words, become=(), demo=DEMO):
        return subprocess.Popen([*become, demo, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self.environment, start_new_session=True)

    def run_demo(self, *words, status=0, **more):
        demo = self.start(*words, **more)
        out, err = demo.communicate(timeout=300 * min(SLOW, 2))
        self.assertEqual(demo.returncode, status, out + err)
        return out

    def row(self, out):
        """The province's row of the table."""
        self.assertIn(LABEL, out)
        return out[out.index("吉林省 total"):].splitlines()[0]

    def test_once_twice_in_a_row(self):
        first = self.row(self.run_demo("--once", "--months", "1"))
        self.assertEqual(self.row(self.run_demo("--once", "--months", "1")), first)
        self.assertEqual(os.listdir(self.directory), [])

    def test_command_gets_the_centre_and_gives_its_status(self):
        out = self.run_demo("--months", "2", "--", "sh", "-c", "fupin total 2208 --by county --format csv && "
                            "FUPIN_HOME=$FUPIN_DEMO_DIR/home/county-220822 fupin status && "
                            "fupind verify --data \"$FUPIN_DEMO_DIR/data\"; test $? = 0 && exit 7", status=7)
        self.assertRegex(self.row(out), TWO_MONTHS)
        self.assertIn("220822,通榆县,", out)
        self.assertIn("this office county-220822, role county, unit 220822", out)
        self.assertIn("10 receipted", out)
        self.assertIn("drift=0", out)

    def test_kept_directory(self):
        """Two months one by one are the same as at once."""
        kept = os.path.join(self.directory, "kept")
        self.run_demo("--once", "--months", "1", "--dir", kept)
        first = self.row(self.run_demo("--once", "--months", "2", "--dir", kept))
        self.assertRegex(first, TWO_MONTHS)
        again = self.run_demo("--once", "--months", "2", "--dir", kept)
        self.assertIn("the year was sent before", again)
        self.assertIn(first, again)
        self.assertTrue(os.path.exists(os.path.join(kept, "data", "pg", "PG_VERSION")))

    def wait_for_table(self, demo):
        for line in demo.stdout:
            if line.startswith("Ctrl-C ends it"):
                return
        self.fail("the demo ended: " + demo.stderr.read())

    def test_interrupt_leaves_nothing(self):
        demo = self.start("--months", "0")
        self.wait_for_table(demo)
        self.assertTrue(processes_below(self.directory))
        os.killpg(demo.pid, signal.SIGINT)
        demo.communicate(timeout=60 * SLOW)
        self.assertEqual(demo.returncode, 130)
        self.assertEqual(os.listdir(self.directory), [])

    def test_interrupt_in_the_middle_leaves_nothing(self):
        demo = self.start()
        self.addCleanup(demo.kill)
        wait_for("the clients", lambda: any("fupin submit" in line for line in processes_below(self.directory)), 120)
        os.killpg(demo.pid, signal.SIGINT)
        demo.communicate(timeout=60 * SLOW)
        self.assertEqual(os.listdir(self.directory), [])

    def test_killed_centre_leaves_nothing(self):
        demo = self.start("--months", "0")
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
        demo = self.start("--months", "0")
        self.wait_for_table(demo)
        demo.kill()
        demo.communicate()

    @unittest.skipUnless(os.geteuid() == 0, "only root can become an ordinary user")
    def test_ordinary_user(self):
        """With the clone's own files read only, as another user's are; a copy, as he may not get at ours."""
        user, clone = pwd.getpwnam("nobody"), new_directory()
        shutil.chown(self.directory, user.pw_uid, user.pw_gid)
        for name in ("scripts", os.path.join("db", "plan-2013")):
            shutil.copytree(os.path.join(SOURCE, name), os.path.join(clone, name))
        for name in ("fupin", "fupind"):
            shutil.copy(os.path.join(BUILD, name), clone)
        self.environment["FUPIN_BUILD_DIR"] = clone
        become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "env", "HOME=/"]
        self.row(self.run_demo("--once", "--months", "1", become=become, demo=os.path.join(clone, "scripts", "demo.sh")))
        self.assertEqual(os.listdir(self.directory), [])


if __name__ == "__main__":
    unittest.main()
