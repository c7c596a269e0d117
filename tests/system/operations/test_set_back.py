"""A centre that is set back to an old copy of its database: every office that holds a receipt of what is gone says so, and
can send it again."""
import json
import os
import re
import shutil
import signal
import subprocess
import unittest

from harness import SLOW, Centre, entry, new_directory, submission, wait_for
from installed import LIBRARY_C, Installed

COUNTY, OTHER = 220122, 220112
LOST = "the centre has lost {} of the submissions that it gave receipts for"


class SetBack(unittest.TestCase):
    def setUp(self):
        self.centre = Centre(offices=("province", f"county-{COUNTY}", f"county-{OTHER}"), options=("--clock", "2013-07-10T09:00")).start()
        self.addCleanup(self.centre.stop)
        self.office = self.centre.offices[f"county-{COUNTY}"]
        self.other = self.centre.offices[f"county-{OTHER}"]
        self.copy = os.path.join(new_directory(), "pg")

    def submit(self, office, voucher):
        path = os.path.join(office.home, voucher + ".csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"类别,单位,凭证号,日期,来源,金额\n筹措,{office.unit},{voucher},2013/4/5,其他涉农资金,100.00\n")
        return office.run("submit", path, check=0)

    def take_copy(self):
        self.centre.stop()
        subprocess.run(["cp", "-a", os.path.join(self.centre.data, "pg"), self.copy], check=True)
        self.centre.start()

    def set_back(self, *options):
        """To the copy, which stays what it is."""
        self.centre.stop()
        live = os.path.join(self.centre.data, "pg")
        kept = self.copy + ".newer"
        os.rename(live, kept)
        subprocess.run(["cp", "-a", self.copy, live], check=True)
        self.centre.options += options
        self.centre.start()
        return kept

    def listed(self, office, *words):
        return json.loads(office.run("outbox", "list", "--json", *words, check=0).stdout)

    def vouchers(self):
        return [row[0] for row in self.centre.sql("SELECT voucher FROM fund_entry ORDER BY seq")]

    def test_what_was_lost_is_told_and_sent_again(self):
        self.submit(self.office, "kept-1")
        self.take_copy()
        self.submit(self.office, "lost-1")
        self.submit(self.other, "lost-2")
        self.submit(self.office, "lost-3")
        before = {item["files"]: item["seq"] for item in self.listed(self.office)}
        self.assertEqual(self.office.run("status", check=0).stderr, "")
        self.set_back("--accept-set-back", "yes")
        # As many commits as are missing: their numbers are given again.
        wire = self.centre.wire(f"county-{OTHER}")
        for i in range(1, 4):
            self.assertEqual(wire.submit(submission(entry(OTHER, f"new-{i}"))).seq, 1 + i)
        # Whatever is asked, and again and again.
        for _ in range(2):
            for words in (("total", str(COUNTY)), ("units",), ("outbox", "send"), ("status",)):
                result = self.office.run(*words, check=0)
                self.assertIn(LOST.format(2), result.stderr)
                self.assertIn("fupin outbox retry --lost", result.stderr)
        self.assertIn("中心已丢失 2 件", self.office.run("status", language="zh_CN.UTF-8", check=0).stderr)
        self.assertRegex(self.office.run("status", check=0).stdout, r"(?m)^lost +2 that the centre")
        self.assertEqual(json.loads(self.office.run("status", "--json", check=0).stdout)["lost"], 2)
        self.assertIn(LOST.format(1), self.other.run("status", check=0).stderr)
        self.assertEqual(self.centre.offices["province"].run("total", "22", check=0).stderr, "")
        lost = self.listed(self.office, "--state", "lost")
        self.assertEqual({item["files"]: item["seq"] for item in lost}, {name: seq for name, seq in before.items() if "lost" in name})
        # One by one would lose the order; without a number nothing is meant.
        self.assertIn("retry --lost", self.office.run("outbox", "retry", str(lost[0]["number"]), check=3).stderr)
        self.office.run("outbox", "retry", check=2)
        self.office.run("outbox", "retry", "--lost", "1", check=2)
        self.assertEqual(json.loads(self.office.run("outbox", "retry", "--lost", "--json", check=0).stdout), {"waiting_again": 2})
        sent = self.office.run("outbox", "send", check=0)
        self.assertRegex(sent.stdout, r"receipt .* seq 5 .*lost-1.csv\n.*receipt .* seq 6 .*lost-3.csv")
        self.assertIn("1 waiting again", self.other.run("outbox", "retry", "--lost", check=0).stdout)
        self.other.run("outbox", "send", check=0)
        self.assertEqual(self.vouchers(), ["kept-1", "new-1", "new-2", "new-3", "lost-1", "lost-3", "lost-2"])
        for office in (self.office, self.other):
            self.assertEqual(office.run("status", check=0).stderr, "")
            self.assertEqual({item["state"] for item in self.listed(office)}, {"receipted"})
        self.centre.verify()

    def test_newer_database_is_brought_back(self):
        """What was lost is there again, and said to be."""
        self.submit(self.office, "kept-1")
        self.take_copy()
        self.submit(self.office, "lost-1")
        self.submit(self.office, "lost-2")
        newer = self.set_back("--accept-set-back", "yes")
        self.assertIn(LOST.format(2), self.office.run("status", check=0).stderr)
        self.centre.stop()
        live = os.path.join(self.centre.data, "pg")
        shutil.rmtree(live)
        os.rename(newer, live)
        self.centre.start()
        self.assertEqual(self.office.run("status", check=0).stderr, "")
        self.assertEqual([item["state"] for item in self.listed(self.office)], ["receipted"] * 3)

    def test_centre_whose_own_memory_is_gone(self):
        """A new machine, an old backup: only the offices know."""
        self.submit(self.office, "kept-1")
        self.take_copy()
        self.submit(self.office, "lost-1")
        self.centre.stop()
        os.unlink(os.path.join(self.centre.data, "acknowledged"))
        self.centre.start()
        self.assertEqual(self.office.run("status", check=0).stderr, "")
        self.centre.stop()
        os.unlink(os.path.join(self.centre.data, "acknowledged"))
        self.set_back()
        self.assertIn(LOST.format(1), self.office.run("status", check=0).stderr)

    def test_library_tells_it(self):
        """Also over a line that it had before."""
        program = Installed().compile(LIBRARY_C)
        self.submit(self.office, "kept-1")
        self.take_copy()
        self.submit(self.office, "lost-1")
        self.set_back("--accept-set-back", "yes")
        result = subprocess.run([program, self.office.home, "connect", "end", "standing", "end"], capture_output=True, text=True, check=True)
        self.assertRegex(result.stdout, re.compile(r"^2 stands waiting 0 centre 1 .* lost 1$", re.M))

    def test_agent_tells_it(self):
        self.submit(self.office, "kept-1")
        self.take_copy()
        self.submit(self.office, "lost-1")
        log = os.path.join(self.office.home, "agent.log")
        with open(log, "ab") as file:
            agent = subprocess.Popen(self.office.command("agent"), stderr=file, env=dict(os.environ, LC_ALL="C"))
        self.addCleanup(agent.wait, 30 * SLOW)
        self.addCleanup(agent.send_signal, signal.SIGTERM)

        def said(text):
            with open(log, encoding="utf-8") as file:
                return text in file.read()
        wait_for("the line", lambda: said("the centre is reached"))
        self.set_back("--accept-set-back", "yes")
        wait_for("its word", lambda: said("the centre has lost what it gave receipts for: 1;"))
        shown = wait_for("the status", lambda: [s for s in [json.loads(self.office.run("status", "--json").stdout)] if s["agent"] and s["lost"] == 1])[0]
        self.assertEqual((shown["reachable"], shown["receipted"]), (1, 1))
        # It sends what waits again, by itself.
        self.office.run("outbox", "retry", "--lost", check=0)
        wait_for("the receipt", lambda: {i["state"] for i in self.listed(self.office)} == {"receipted"})
        self.assertEqual(self.vouchers(), ["kept-1", "lost-1"])
        wait_for("all well", lambda: said("the centre has lost what it gave receipts for: 0;") or json.loads(self.office.run("status", "--json").stdout)["lost"] == 0)


if __name__ == "__main__":
    unittest.main()
