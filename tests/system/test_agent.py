"""The agent: what waits goes by itself, over a line that comes and goes; finished sheets are taken from a folder; fupin
status shows at once how the office stands."""
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

import openpyxl

from harness import SLOW, Centre, copy_plan, new_directory, pb, processor_seconds, report, submission, wait_for
from proxy import Proxy

COUNTY = 220822
HEADER = "unit,period,people_lifted,households_lifted,registered_people\n"


class AgentTest(unittest.TestCase):
    deadlines = False

    def setUp(self):
        self.centre = Centre(offices=("province", "prefecture-2208", f"county-{COUNTY}"), options=("--clock", "2013-07-10T09:00"),
                             plan=copy_plan(os.path.join(new_directory(), "plan"), deadlines=self.deadlines)).start()
        self.addCleanup(self.centre.stop)
        self.office = self.centre.offices[f"county-{COUNTY}"]
        self.directory = new_directory()
        self.folder = os.path.join(self.directory, "sheets")
        os.mkdir(self.folder)
        self.proxy = Proxy(self.centre.endpoint)
        self.addCleanup(self.proxy.close)
        self.run_here("submit", check=0)
        self.centre.tell_offices(self.proxy.endpoint)
        self.agent = None

    def start_agent(self, *words, **environment):
        self.log = os.path.join(self.directory, "agent.log")
        with open(self.log, "ab") as log:
            self.agent = subprocess.Popen(self.office.command("agent", *words), stderr=log,
                                          env=dict(os.environ, LC_ALL="C", **environment))
        self.addCleanup(self.stop_agent)

    def stop_agent(self):
        if self.agent.poll() is None:
            self.agent.terminate()
        return self.agent.wait(30 * SLOW)

    def logged(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def run_here(self, *words, check=None, **options):
        return self.office.run(*words, check=check, cwd=self.directory, **options)

    def status(self):
        return json.loads(self.run_here("status", "--format", "json").stdout)

    def write(self, name, text, folder=None):
        with open(os.path.join(folder or self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def stored(self):
        return self.centre.sql("SELECT period FROM report WHERE unit = %s ORDER BY seq", COUNTY)


class Flow(AgentTest):
    def test_line_comes_and_goes(self):
        """Saved without a line, it goes within a second of the line's return; in order; nobody has to do anything."""
        self.proxy.change(refusing=True)
        self.start_agent()
        for month in (1, 2, 3):
            self.run_here("submit", "--offline", self.write(f"{month}.csv", f"{HEADER}{COUNTY},2013-0{month},{month},1,900\n"), check=4)
        shown = wait_for("the agent's word", lambda: self.status() if self.status()["waiting"] == 3 else None)
        self.assertEqual((shown["agent"], shown["reachable"], shown["refused"]), (True, 0, 0))
        self.assertEqual(self.stored(), [])
        waits = []
        for _ in range(3):
            self.proxy.change(refusing=True)
            self.proxy.break_all()
            wait_for("the broken line", lambda: not self.status()["reachable"])
            self.proxy.mend()
            begin = time.monotonic()
            wait_for("the line", lambda: self.status()["reachable"])
            waits.append(time.monotonic() - begin)
        self.assertLess(sorted(waits)[1], 1.5 * SLOW)
        wait_for("all of it", lambda: self.status()["waiting"] == 0)
        self.assertEqual(self.stored(), [(201301,), (201302,), (201303,)])
        # What is put into the outbox now goes at once.
        self.run_here("submit", "--offline", self.write("4.csv", f"{HEADER}{COUNTY},2013-04,4,1,900\n"), check=4)
        wait_for("the fourth", lambda: len(self.stored()) == 4)
        self.assertEqual(self.stop_agent(), 0)
        self.centre.verify()

    def test_one_at_a_time(self):
        self.start_agent()
        wait_for("the agent", lambda: self.status()["agent"])
        again = self.run_here("agent", check=1)
        self.assertIn("another agent works in", again.stderr)
        self.agent.kill()
        self.agent.wait()
        self.assertFalse(self.status()["agent"])
        self.start_agent()
        wait_for("the next agent", lambda: self.status()["agent"])

    def test_centre_restarts(self):
        self.start_agent()
        wait_for("the agent", lambda: self.status()["reachable"])
        self.centre.kill()
        self.run_here("submit", "--offline", self.write("1.csv", f"{HEADER}{COUNTY},2013-01,1,1,900\n"), check=4)
        self.centre.start()
        self.centre.tell_offices(self.proxy.endpoint)
        wait_for("the receipt", lambda: self.status()["waiting"] == 0)
        self.assertEqual(self.stored(), [(201301,)])

    def test_slow_line(self):
        """What takes longer than any pause goes through in one piece, and a signal is heard meanwhile."""
        self.proxy.change(up_bytes_per_s=20_000)
        rows = "".join(f"raised,{COUNTY},slow-{i},2013-01-01,sector,1,{'x' * 60}\n" for i in range(1500))
        self.run_here("submit", "--offline", self.write("slow.csv", "kind,unit,voucher,occurred,source,amount,note\n" + rows), check=4)
        self.start_agent()
        wait_for("the line", lambda: self.status()["reachable"])
        self.agent.terminate()
        self.assertEqual(self.agent.wait(10 * SLOW), 0)
        self.start_agent()
        wait_for("the next agent", lambda: self.status()["agent"] and self.status()["reachable"])
        connections = self.proxy.connections
        wait_for("the receipt", lambda: self.status()["waiting"] == 0, 60)
        self.assertEqual(self.proxy.connections, connections)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry WHERE unit = %s", COUNTY), [(1500,)])

    def test_not_admitted(self):
        """A key that is taken out: said once, knocked for again without haste, and all is well when it is back."""
        self.start_agent()
        wait_for("the agent", lambda: self.status()["reachable"])
        self.centre.stop()
        self.centre.admit("province", "prefecture-2208")
        self.centre.start()
        self.centre.tell_offices(self.proxy.endpoint)
        wait_for("the refusal", lambda: "admit" in self.status()["error"])
        before = self.proxy.connections
        self.run_here("submit", "--offline", self.write("1.csv", f"{HEADER}{COUNTY},2013-01,1,1,900\n"), check=4)
        wait_for("a few knocks", lambda: self.proxy.connections > before + 2)
        self.centre.stop()
        self.centre.admit("province", "prefecture-2208", f"county-{COUNTY}")
        self.centre.start()
        self.centre.tell_offices(self.proxy.endpoint)
        wait_for("the receipt", lambda: self.status()["waiting"] == 0, 60)
        self.assertEqual(self.stored(), [(201301,)])
        self.assertLess(len(self.logged().splitlines()), 40)

    def test_refused_is_kept(self):
        """A report of the same month twice: the second is refused, and stays until it is dealt with."""
        self.start_agent()
        for people in (1, 2):
            self.run_here("submit", "--offline", self.write(f"{people}.csv", f"{HEADER}{COUNTY},2013-01,{people},1,900\n"), check=4)
        wait_for("the refusal", lambda: self.status()["refused"] == 1)
        self.assertIn("refused: 2.csv; see fupin outbox list", self.logged())
        listed = self.run_here("outbox", "list", check=0).stdout
        self.assertRegex(listed, "current revision is 1")

    def test_systemd_is_told(self):
        path = os.path.join(self.directory, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(30 * SLOW)
            self.start_agent(NOTIFY_SOCKET=path)
            words = []
            while "READY=1" not in words or not any(w.startswith("STATUS=centre reachable") for w in words):
                words += notify.recv(4096).decode().split("\n")
            self.agent.send_signal(signal.SIGTERM)
            while "STOPPING=1" not in words:
                words += notify.recv(4096).decode().split("\n")
        self.assertIn("WATCHDOG=1", words)
        self.assertEqual(self.agent.wait(30 * SLOW), 0)


class Status(AgentTest):
    deadlines = True

    def test_how_the_office_stands(self):
        """Reachable, waiting, last receipt, returned reports, own deadlines with the days left."""
        wire = self.centre.wire(f"county-{COUNTY}")
        numbers = {i.code: i.number for i in wire.catalogue().indicators}
        self.assertIsInstance(wire.submit(submission(report(numbers, COUNTY, 201306, people_lifted=3, households_lifted=1, registered_people=90))), pb.Receipt)
        self.centre.offices["prefecture-2208"].run("review", "return", str(COUNTY), "2013-06", "county", "--seen", "1", "--revision", "1",
                                                   "--reason", "wrong_figure", "--text", "请核对人数", check=0)
        live = self.run_here("status", check=0).stdout
        self.start_agent()
        self.run_here("submit", "--offline", self.write("1.csv", f"{HEADER}{COUNTY},2013-07,1,1,90\n"), check=4)
        wait_for("the receipt", lambda: self.status()["receipt_files"] == "1.csv")
        wait_for("the standing", lambda: self.status().get("standing", {}).get("returned"))
        before = processor_seconds()
        shown = self.run_here("status", check=0).stdout
        self.assertLess(processor_seconds() - before, 1 * SLOW)
        for text in (live, shown):
            self.assertIn(f"returned    {COUNTY} 通榆县 2013-06 county: 请核对人数", text)
            self.assertRegex(text, r"overdue     \d+ reports: fupin late lists them")
            self.assertRegex(text, r"due         2013-07 village: 2013-08-0\d 24:00, days left \d+, missing 14 of 14")
        self.assertRegex(shown, r"agent       runs since")
        self.assertRegex(shown, r"receipt     the last: seq \d+ .*: 1.csv")
        self.assertNotIn("not reached", shown)
        chinese = self.run_here("status", language="zh_CN.UTF-8", check=0).stdout
        self.assertIn(f"退回        {COUNTY} 通榆县 2013-06 county：请核对人数", chinese)
        # Without the centre the same is there at once, and says that it may be old.
        self.proxy.change(refusing=True)
        self.proxy.break_all()
        wait_for("the broken line", lambda: not self.status()["reachable"])
        shown = self.run_here("status", check=4).stdout
        self.assertIn("not reached", shown)
        self.assertIn("请核对人数", shown)
        self.stop_agent()
        shown = self.run_here("status", check=4).stdout
        self.assertIn("not reached", shown)
        self.assertIn("1 receipted", shown)


class Folder(AgentTest):
    def test_finished_sheets(self):
        self.write("old.csv", f"{HEADER}{COUNTY},2013-01,1,1,900\n", self.folder)
        self.start_agent("--folder", self.folder)
        wait_for("the sheet that was there", lambda: len(self.stored()) == 1)
        self.assertEqual(os.listdir(os.path.join(self.folder, "sent")), ["old.csv"])
        # Moved in, as a file manager does it.
        self.write("next.csv", f"{HEADER}{COUNTY},2013-02,1,1,900\n")
        os.rename(os.path.join(self.directory, "next.csv"), os.path.join(self.folder, "next.csv"))
        wait_for("the moved one", lambda: len(self.stored()) == 2)
        # Open in a spreadsheet program: not finished.
        self.write(".~lock.open.csv#", "clerk", self.folder)
        self.write("open.csv", f"{HEADER}{COUNTY},2013-03,1,1,900\n", self.folder)
        self.write("after.csv", f"{HEADER}{COUNTY},2013-04,1,1,900\n", self.folder)
        wait_for("the one that is finished", lambda: len(self.stored()) == 3)
        self.assertIn("open.csv", os.listdir(self.folder))
        os.unlink(os.path.join(self.folder, ".~lock.open.csv#"))
        wait_for("the closed one", lambda: len(self.stored()) == 4)
        # The same name again does not take the place of the first.
        self.write("next.csv", f"{HEADER}{COUNTY},2013-05,1,1,900\n", self.folder)
        wait_for("the same name", lambda: len(self.stored()) == 5)
        self.assertEqual(sorted(os.listdir(os.path.join(self.folder, "sent"))), ["2 next.csv", "after.csv", "next.csv", "old.csv", "open.csv"])
        self.assertEqual(sorted(os.listdir(self.folder)), ["sent"])

    def test_problems_come_back(self):
        """A text beside the sheet, and a red copy of a workbook; mended, it goes."""
        self.start_agent("--folder", self.folder)
        self.run_here("sheet", "2013-06", "--output", os.path.join(self.directory, "june.xlsx"), check=0)
        book = openpyxl.load_workbook(os.path.join(self.directory, "june.xlsx"))
        titles = {cell.value: cell.column for cell in book.worksheets[0][4]}
        for title, value in (("脱贫人口（人）", 21), ("脱贫户数（户）", "六"), ("建档立卡贫困人口（人）", 800)):
            book.worksheets[0].cell(5, titles[title]).value = value
        book.save(os.path.join(self.folder, "june.xlsx"))
        wait_for("the red copy", lambda: os.path.exists(os.path.join(self.folder, "june.red.xlsx")))
        with open(os.path.join(self.folder, "june.xlsx.problems.txt"), encoding="utf-8") as file:
            self.assertRegex(file.read(), r"sheet 县（市、区）扶贫开发月报, row 5, column I \(脱贫户数（户）\): 六 is not a number")
        self.assertEqual(self.stored(), [])
        self.assertEqual(len(re.findall("problems 1", self.logged())), 1)
        book.worksheets[0].cell(5, titles["脱贫户数（户）"]).value = 6
        book.save(os.path.join(self.folder, "june.xlsx"))
        wait_for("the mended one", lambda: self.stored() == [(201306,)])
        self.assertEqual(sorted(os.listdir(self.folder)), ["sent"])

    def test_no_folder(self):
        self.start_agent("--folder", os.path.join(self.directory, "nowhere"))
        self.assertEqual(self.agent.wait(30 * SLOW), 1)
        self.assertIn("No such file", self.logged())


if __name__ == "__main__":
    unittest.main()
