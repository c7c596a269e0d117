"""A month of 61 county offices over lines that are torn at random: cut after some bytes, reset, blocked for a while, with
bytes that trickle. Clients are killed at random moments, and fupind once in the middle of it. Whatever the order of
mishaps, in the end every submission has its receipt, each report is there once, revisions and fund entries in the order
in which they were saved.

A third of the offices have an agent, a third a program of libfupin's, a third `fupin outbox send` again and again.
FUPIN_SEED=N repeats the dice (not the scheduler's)."""
import concurrent.futures
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
import unittest

from harness import PLAN, SLOW, Centre, copy_plan, new_directory, pause, wait_for
from installed import LIBRARY_C, Installed
from proxy import Proxy

OFFICES, LINES, STORM_S, KILLS = (61, 8, 16, 40) if SLOW == 1 else (12, 3, 30, 10)
QUIET_S = 60 * SLOW  # in which everything is delivered once the lines are good again
HEADERS = {"report": "unit,period,people_lifted,households_lifted,registered_people,replaces\n",
           "entry": "kind,unit,voucher,occurred,source,use,amount,refers,note\n"}


def counties():
    with open(os.path.join(PLAN, "principals.csv"), encoding="utf-8") as file:
        return [line.split(",")[0] for line in file if line.startswith("county-")]


class County:
    """An office, what it reports in the month, and the process that delivers."""

    def __init__(self, office, line, client, dice):
        self.office, self.line, self.client, self.process = office, line, client, None
        self.directory, unit = new_directory(), office.unit
        self.people = [dice.randrange(1000) for _ in range(3)]
        # Each builds on the one before: a correction on what it corrects, spending on the money that is there.
        reports = [f"{unit},2013-06,{people},1,9000,{revision}\n" for revision, people in enumerate(self.people)]
        entries = [f"raised,{unit},M-1,2013-06-03,sector,,1000,,\n", f"spent,{unit},M-2,2013-06-04,sector,industry,800,,\n",
                   f"reversed,{unit},M-3,2013-06-05,sector,,800,M-2,记错\n", f"spent,{unit},M-4,2013-06-06,sector,industry,900,,\n"]
        rows = [("report", row) for row in reports], [("entry", row) for row in entries]
        self.sheets = []
        while rows[0] or rows[1]:
            kind, row = dice.choice([one for one in rows if one]).pop(0)
            self.sheets.append(os.path.join(self.directory, f"{len(self.sheets)}.csv"))
            with open(self.sheets[-1], "w", encoding="utf-8") as file:
                file.write(HEADERS[kind] + row)
        self.unsaved, self.saving = list(self.sheets), threading.Lock()

    def save(self, count):
        """So many more sheets go into the outbox, each a submission of its own, one command after the other."""
        with self.saving:
            files, self.unsaved = self.unsaved[:count], self.unsaved[count:]
            if files:
                self.office.run("submit", "--each", "--offline", "--quiet", *files, check=4)

    def start(self):
        words = {"agent": self.office.command("agent"), "program": self.office.command("outbox", "send", "--timeout", 5)}.get(
            self.client, [self.client, self.office.home, "timeout:-1", "send", "end"])
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, cwd=self.directory)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def end(self, how=signal.SIGKILL):
        if self.is_running():
            self.process.send_signal(how)
            self.process.wait(60 * SLOW)

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def outbox(self, query):
        outbox = sqlite3.connect(os.path.join(self.office.home, "outbox.db"), timeout=30)
        try:
            return outbox.execute(query).fetchall()
        finally:
            outbox.close()

    def waiting(self):
        return self.outbox("SELECT count(*) FROM submission WHERE state = 0")[0][0]


class TornMonth(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("FUPIN_SEED") or time.time_ns() % 10**9)
        print(f"seed {self.seed}", flush=True)
        self.dice = random.Random(self.seed)
        names = counties()[:OFFICES]
        self.centre = Centre(offices=names, plan=copy_plan(os.path.join(new_directory(), "plan")), options=("--clock", "2013-07-03T09:00")).start()
        self.addCleanup(self.centre.stop)
        program = Installed().compile(LIBRARY_C)
        self.lines = [Proxy(self.centre.endpoint) for _ in range(LINES)]
        for line in self.lines:
            self.addCleanup(line.close)
        clients = ("agent", program, "program")
        self.counties = [County(self.centre.offices[name], self.lines[i % LINES], clients[i % 3], self.dice) for i, name in enumerate(names)]
        for county in self.counties:
            self.addCleanup(county.end)
        self.side_by_side(lambda county: county.office.run("submit", "--quiet", check=0))  # the catalogue, once, by a good line
        self.tell_lines()

    def side_by_side(self, work):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(work, self.counties))

    def tell_lines(self):
        for county in self.counties:
            with open(os.path.join(county.office.home, "fupin.ini"), "w", encoding="utf-8") as file:
                file.write(f"[centre]\nendpoint = {county.line.endpoint}\npublic-key = {self.centre.centre_key()}\n")

    # ------------------------------------------------------------ mishaps

    def tear(self):
        """Something happens to one of the lines."""
        line, dice = self.dice.choice(self.lines), self.dice
        line.mend()
        mishaps = [
            lambda: line.change(up_cut_after=dice.randrange(1, 3000), cut_with_reset=dice.random() < 0.5),
            lambda: line.change(down_cut_after=dice.randrange(1, 3000), cut_with_reset=dice.random() < 0.5),
            lambda: line.change(**{dice.choice(("up", "down")) + "_blocked": True}),
            lambda: line.change(refusing=True),
            lambda: line.change(up_piece=dice.randrange(50, 1400), down_bytes_per_s=dice.randrange(5000, 50000)),
            lambda: line.change(up_bytes_per_s=dice.randrange(500, 20000)),
            line.break_all,
            lambda: None, lambda: None,
        ]
        dice.choice(mishaps)()

    def kill_one(self):
        county = self.dice.choice(self.counties)
        county.end()
        self.kills += 1

    def keep_running(self):
        """Who has an agent has it started again by its system; the others try again when they think of it."""
        for county in self.counties:
            if not county.is_running() and (county.client == "agent" or county.waiting()):
                county.start()

    def storm(self):
        begin, last_kill, restarted = time.monotonic(), 0.0, False
        self.kills = 0
        saving = concurrent.futures.ThreadPoolExecutor(2)
        more = [saving.submit(county.save, count) for count in (2, 2, 1) for county in self.dice.sample(self.counties, len(self.counties))]
        while time.monotonic() - begin < STORM_S or not all(future.done() for future in more):
            self.tear()
            self.keep_running()
            now = time.monotonic() - begin
            if now - last_kill > STORM_S / KILLS:
                last_kill = now
                self.kill_one()
            if not restarted and now > STORM_S / 2:
                restarted = True
                self.centre.kill()
                self.centre.start(wait=False)  # on the same port; the offices know their lines
            for _ in range(3):
                pause()
        for future in more:
            future.result()
        saving.shutdown()
        self.assertTrue(restarted)
        wait_for("fupind", lambda: os.path.exists(self.centre.ready), 60)

    def calm(self):
        """Good lines: what waits goes by itself, or with the next try."""
        for line in self.lines:
            line.mend()
        until = time.monotonic() + QUIET_S
        while any(county.waiting() for county in self.counties):
            if time.monotonic() > until:
                late = [county for county in self.counties if county.waiting()]
                raise AssertionError(f"{len(late)} outboxes still wait; {late[0].client}:\n{late[0].log()[-2000:]}")
            self.keep_running()
            pause()

    # ------------------------------------------------------------ what has to be true

    def check_county(self, county):
        unit = county.office.unit
        sent = county.outbox("SELECT files, state, seq FROM submission ORDER BY position")
        self.assertEqual([(name, state) for name, state, _ in sent], [(sheet, 1) for sheet in county.sheets], county.log()[-2000:])
        reports = self.centre.sql("SELECT revision, values[1], seq FROM report WHERE unit = %s AND period = 201306 ORDER BY seq, revision", unit)
        entries = self.centre.sql("SELECT voucher, seq FROM fund_entry WHERE unit = %s ORDER BY seq", unit)
        self.assertEqual([(revision, people) for revision, people, _ in reports], list(enumerate(county.people, 1)))
        self.assertEqual([voucher for voucher, _ in entries], ["M-1", "M-2", "M-3", "M-4"])
        self.assertEqual(sorted([seq for *_, seq in reports] + [seq for _, seq in entries]), sorted(seq for *_, seq in sent))

    def test_month(self):
        begin = time.monotonic()
        self.side_by_side(lambda county: county.save(2))
        self.storm()
        stormed = time.monotonic() - begin
        self.calm()
        for county in self.counties:
            county.end(signal.SIGTERM)
        for county in self.counties:
            self.check_county(county)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM report")[0][0], 3 * len(self.counties))
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry")[0][0], 4 * len(self.counties))
        self.centre.verify()
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()
        cuts, connections = (sum(getattr(line, name) for line in self.lines) for name in ("cuts", "connections"))
        self.assertGreater(cuts, len(self.counties))
        print(f"{len(self.counties)} offices, {7 * len(self.counties)} submissions, {connections} connections, {cuts} of them cut, "
              f"{self.kills} clients killed; storm {stormed:.1f} s, all {time.monotonic() - begin:.1f} s")


if __name__ == "__main__":
    unittest.main()
