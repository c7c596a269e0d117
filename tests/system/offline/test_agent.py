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
        # Open in LibreOffice, Excel or WPS: not finished.
        locks = {".~lock.open.csv#": "open.csv", "~$excel.csv": "excel.csv", ".~wps.csv": "wps.csv"}
        for month, (lock, name) in enumerate(locks.items(), 5):
            self.write(lock, "clerk", self.folder)
            self.write(name, f"{HEADER}{COUNTY},2013-0{month},1,1,900\n", self.folder)
        self.write("zz.csv", f"{HEADER}{COUNTY},2013-03,1,1,900\n", self.folder)
        wait_for("the one that is finished", lambda: len(self.stored()) == 3)
        self.assertLessEqual(set(locks.values()), set(os.listdir(self.folder)))
        for number, lock in enumerate(locks, 4):
            os.unlink(os.path.join(self.folder, lock))
            wait_for("the closed one", lambda n=number: len(self.stored()) == n)
        # The same name again does not take the place of the first.
        self.write("next.csv", f"{HEADER}{COUNTY},2013-04,1,1,900\n", self.folder)
        wait_for("the same name", lambda: len(self.stored()) == 7)
        self.assertEqual(self.sent(), ["2 next.csv", "excel.csv", "next.csv", "old.csv", "open.csv", "wps.csv", "zz.csv"])
        self.assertEqual(sorted(os.listdir(self.folder)), ["sent"])

    def sent(self):
        path = os.path.join(self.folder, "sent")
        return sorted(os.listdir(path)) if os.path.exists(path) else []

    def path(self, name):
        return os.path.join(self.folder, name)

    def left(self):
        return self.status().get("folder", {}).get("left", [])

    def bad_book(self, month="2013-06"):
        """A workbook with one problem, and the column that it is in."""
        self.run_here("sheet", month, "--output", os.path.join(self.directory, "june.xlsx"), check=0)
        book = openpyxl.load_workbook(os.path.join(self.directory, "june.xlsx"))
        titles = {cell.value: cell.column for cell in book.worksheets[0][4]}
        for title, value in (("脱贫人口（人）", 21), ("脱贫户数（户）", "六"), ("建档立卡贫困人口（人）", 800)):
            book.worksheets[0].cell(5, titles[title]).value = value
        return book, titles["脱贫户数（户）"]

    def test_half_written(self):
        """What somebody still writes to is not taken, however long he pauses."""
        self.start_agent("--folder", self.folder)
        with open(self.path("half.csv"), "w", encoding="utf-8") as half:
            half.write(f"{HEADER}{COUNTY},2013-01,1,1,900\n")
            half.flush()
            for month in (3, 4):
                self.write(f"{month}.csv", f"{HEADER}{COUNTY},2013-0{month},1,1,900\n", self.folder)
                wait_for("a whole one", lambda m=month: (201300 + m,) in self.stored())
            self.assertEqual(self.stored(), [(201303,), (201304,)])
            half.write(f"{COUNTY},2013-02,1,1,900\n")
        wait_for("the whole of it", lambda: len(self.stored()) == 4)
        self.assertEqual(self.stored()[2:], [(201301,), (201302,)])
        self.assertEqual(self.sent(), ["3.csv", "4.csv", "half.csv"])

    def test_not_a_file(self):
        """Links, pipes, folders and other people's files are left alone by name; nothing is written through a link."""
        outside = os.path.join(self.directory, "outside.csv")
        self.write("outside.csv", f"{HEADER}{COUNTY},2013-01,1,1,900\n")
        victim = self.write("victim.txt", "mine")
        os.symlink(outside, self.path("link.csv"))
        os.mkfifo(self.path("pipe.csv"))
        os.mkdir(self.path("folder.xlsx"))
        # Where others may write, a second name may be somebody else's file.
        os.chmod(self.folder, 0o775)
        self.write("twice.csv", f"{HEADER}{COUNTY},2013-06,1,1,900\n")
        os.link(os.path.join(self.directory, "twice.csv"), self.path("twice.csv"))
        wanted = {"link.csv": "a symbolic link", "pipe.csv": "a pipe", "folder.xlsx": "a folder", "twice.csv": "several names"}
        if not os.geteuid():
            self.write("other.csv", f"{HEADER}{COUNTY},2013-02,1,1,900\n", self.folder)
            os.chown(self.path("other.csv"), 4321, 4321)
            wanted["other.csv"] = "belongs neither"
        os.symlink(os.path.join(self.directory, victim), self.path("bad.csv.problems.txt"))
        self.write("bad.csv", f"{HEADER}{COUNTY},2013-03,many,1,900\n", self.folder)
        self.write("good.csv", f"{HEADER}{COUNTY},2013-04,1,1,900\n", self.folder)
        self.start_agent("--folder", self.folder)
        wait_for("the good one", lambda: self.stored() == [(201304,)])
        wait_for("the list", lambda: os.path.exists(self.path("bad.csv.2.problems.txt")))
        left = dict(line.split(": ", 1) for line in wait_for("the words", lambda: len(self.left()) > len(wanted) and self.left()))
        for name, why in wanted.items():
            self.assertIn(why, left[name])
        self.assertIn("link.csv: left alone", self.run_here("status").stdout)
        with open(os.path.join(self.directory, victim), encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")
        # "sent" as a link leads nowhere either.
        os.rename(self.path("sent"), self.path("was"))
        os.symlink(self.directory, self.path("sent"))
        self.write("late.csv", f"{HEADER}{COUNTY},2013-05,1,1,900\n", self.folder)
        wait_for("the word", lambda: any(line.startswith("late.csv: sent: ") for line in self.left()))
        self.assertEqual(self.stored(), [(201304,)])
        self.assertEqual(self.stop_agent(), 0)

    def test_folder_goes_and_comes(self):
        """It is away, it is another one, it is back: said in the log and in the status, and gone on with."""
        self.start_agent("--folder", self.folder)
        wait_for("the folder", lambda: self.status().get("folder"))
        os.rename(self.folder, self.folder + ".away")
        wait_for("the loss", lambda: self.status()["folder"]["lost"])
        self.assertIn("folder is away", self.run_here("status").stdout)
        os.mkdir(self.folder)
        self.write("1.csv", f"{HEADER}{COUNTY},2013-01,1,1,900\n", self.folder)
        wait_for("the sheet in another folder", lambda: self.stored() == [(201301,)], 60)
        self.assertIn("another folder is there", self.status()["folder"]["problem"])
        os.rename(self.folder, self.folder + ".other")
        os.rename(self.folder + ".away", self.folder)
        self.write("2.csv", f"{HEADER}{COUNTY},2013-02,1,1,900\n", self.folder)
        wait_for("the sheet in the old one", lambda: len(self.stored()) == 2, 60)
        wait_for("the word", lambda: self.status()["folder"]["problem"] == "")
        for words in ("the folder is away", "another folder is there", "the folder is back"):
            self.assertEqual(self.logged().count(words), 1, self.logged())

    def test_files_of_the_clerk(self):
        """What has the names that the agent would use stays; what the agent wrote goes when it is done with."""
        for name in ("june.red.xlsx", "june.xlsx.problems.txt"):
            self.write(name, "my own", self.folder)
        book, column = self.bad_book()
        book.save(self.path("june.xlsx"))
        self.start_agent("--folder", self.folder)
        wait_for("the red copy", lambda: os.path.exists(self.path("june.2.red.xlsx")))
        self.assertTrue(os.path.exists(self.path("june.xlsx.2.problems.txt")))
        # Known after a restart, too.
        self.stop_agent()
        self.start_agent("--folder", self.folder)
        wait_for("the word", lambda: any("june.xlsx.2.problems.txt" in line for line in self.left()))
        book.worksheets[0].cell(5, column).value = 6
        book.save(self.path("june.xlsx"))
        wait_for("the mended one", lambda: self.stored() == [(201306,)])
        wait_for("the rest", lambda: sorted(os.listdir(self.folder)) == ["june.red.xlsx", "june.xlsx.problems.txt", "sent"])
        for name in ("june.red.xlsx", "june.xlsx.problems.txt"):
            with open(self.path(name), encoding="utf-8") as file:
                self.assertEqual(file.read(), "my own")

    def test_mended_red_copy(self):
        """A clerk who mends the red copy means the sheet: it is taken in its place; who changes both is asked."""
        book, column = self.bad_book()
        book.save(self.path("june.xlsx"))
        self.start_agent("--folder", self.folder)
        wait_for("the red copy", lambda: os.path.exists(self.path("june.red.xlsx")))

        def mend(value, name="june.red.xlsx"):
            red = openpyxl.load_workbook(self.path(name))
            red.worksheets[0].cell(5, column).value = value
            red.save(self.path(name))
        mend("七")

        def problems():
            with open(self.path("june.xlsx.problems.txt"), encoding="utf-8") as file:
                return file.read()
        wait_for("what is still wrong", lambda: "七" in problems())
        self.assertEqual(self.stored(), [])
        book.worksheets[0].cell(5, column).value = "八"
        self.write(".~lock.june.xlsx#", "clerk", self.folder)
        book.save(self.path("june.xlsx"))
        mend(6)
        os.unlink(self.path(".~lock.june.xlsx#"))
        wait_for("the question", lambda: any("both" in line for line in self.left()))
        self.assertEqual(self.stored(), [])
        os.unlink(self.path("june.xlsx"))
        wait_for("the mended copy", lambda: self.stored() == [(201306,)])
        wait_for("all of it in its place", lambda: (os.listdir(self.folder), "june.xlsx" in self.sent()) == (["sent"], True))
        self.assertEqual(openpyxl.load_workbook(os.path.join(self.folder, "sent", "june.xlsx")).worksheets[0].cell(5, column).value, 6)
        self.assertIn((6,), self.centre.sql("SELECT unnest(values) FROM report WHERE unit = %s", COUNTY))
        # The sheet beside it, if it was not touched, goes with it.
        for name in self.sent():
            os.unlink(os.path.join(self.folder, "sent", name))
        self.write("july.csv", f"{HEADER}{COUNTY},2013-07,many,1,900\n", self.folder)
        wait_for("the next problem", lambda: os.path.exists(self.path("july.csv.problems.txt")))
        book, column = self.bad_book("2013-05")
        book.save(self.path("may.xlsx"))
        wait_for("the red copy", lambda: os.path.exists(self.path("may.red.xlsx")))
        mend(5, "may.red.xlsx")
        wait_for("the mended copy", lambda: (201305,) in self.stored())
        wait_for("both", lambda: {"may.xlsx", "may.before.xlsx"} <= set(self.sent()))
        self.assertEqual(sorted(os.listdir(self.folder)), ["july.csv", "july.csv.problems.txt", "sent"])

    def test_problems_come_back(self):
        """A text beside the sheet, and a red copy of a workbook; mended, it goes."""
        self.start_agent("--folder", self.folder)
        book, column = self.bad_book()
        book.save(os.path.join(self.folder, "june.xlsx"))
        wait_for("the red copy", lambda: os.path.exists(os.path.join(self.folder, "june.red.xlsx")))
        with open(os.path.join(self.folder, "june.xlsx.problems.txt"), encoding="utf-8") as file:
            self.assertRegex(file.read(), r"sheet 县（市、区）扶贫开发月报, row 5, column I \(脱贫户数（户）\): 六 is not a number")
        self.assertEqual(self.stored(), [])
        wait_for("its word", lambda: "problems 1" in self.logged())
        self.assertEqual(len(re.findall("problems 1", self.logged())), 1)
        book.worksheets[0].cell(5, column).value = 6
        book.save(os.path.join(self.folder, "june.xlsx"))
        wait_for("the mended one", lambda: self.stored() == [(201306,)])
        self.assertEqual(sorted(os.listdir(self.folder)), ["sent"])

    def test_no_folder(self):
        self.start_agent("--folder", os.path.join(self.directory, "nowhere"))
        self.assertEqual(self.agent.wait(30 * SLOW), 1)
        self.assertIn("No such file", self.logged())


if __name__ == "__main__":
    unittest.main()
