"""The benchmark checks what it measures: a small round is found right, and each kind of wrong is found. No
figure is judged here."""
import argparse
import io
import json
import os
import signal
import subprocess
import sys
import unittest
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

SOURCE = os.environ["FUPIN_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "bench"))
os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"

import bench  # noqa: E402
from machinery import BenchError, Centre, wait_for  # noqa: E402

OFFICES, SUBMISSIONS = 10, 2000


def signals():
    """What happens when we are told to end."""
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


class Load(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bench = bench.Bench(argparse.Namespace(quick=True, long=False, dir=None))
        cls.addClassCleanup(cls.bench.end, False)
        cls.bench.start()
        cls.bench.plan("small", provinces=2, prefectures=4, counties=OFFICES, villages=300, first=201301, last=201312)

    def setUp(self):
        self.bench.fresh("small", "small")
        self.centre = self.bench.centre("small").start()
        self.addCleanup(self.centre.stop)

    def sql(self, statement):
        return self.bench.postgres.sql(statement, "small")

    def load(self, **options):
        return self.bench.load(self.centre, "small", **options)

    def check(self, sent, **options):
        self.bench.check(self.centre, "small", sent, **options)

    def wrong(self, what, do, *arguments, **options):
        with self.assertRaises(BenchError) as caught:
            do(*arguments, **options)
        self.assertIn(what, str(caught.exception))

    def test_a_round_is_right(self):
        found = self.load(count=SUBMISSIONS // 2, per=1)
        self.assertEqual((found["receipts"], found["lost"], found["wrong"]), (SUBMISSIONS // 2, 0, 0))
        self.check(100)
        found = self.load(count=SUBMISSIONS // 20, per=10, skip=100)
        self.assertEqual(found["reports"], SUBMISSIONS // 2)
        self.check(200)
        self.assertEqual(self.sql("SELECT count(*), max(seq) FROM submission"), [(1100, 1100)])
        self.assertEqual(self.sql("SELECT count(*) FROM report"), [(2000,)])

    def test_moments_and_several_generators(self):
        for first in (0, 5):
            found = self.load(count=50, per=1, office_first=first, office_count=5, spread_ms=100)
            self.assertEqual(found["receipts"], 50)
        self.load(count=100, per=1, skip=10, rate=2000)
        self.check(20)

    def test_a_changed_value_is_found(self):
        self.load(count=SUBMISSIONS, per=1)
        self.check(200)
        self.sql("UPDATE report SET \"values\"[1] = \"values\"[1] + 1 WHERE seq = 1000")
        self.wrong("drift", self.check, 200)

    def test_a_missing_report_is_found(self):
        self.load(count=SUBMISSIONS, per=1)
        self.sql("DELETE FROM report WHERE seq = 1000")
        self.wrong("drift", self.check, 200)

    def test_a_receipt_that_the_database_does_not_know_is_found(self):
        path = os.path.join(self.bench.directory, "receipts")
        for change in ("seq = seq + 100000", "digest = sha256(digest)", "report_count = 2", "id = gen_random_uuid()",
                       "recorded_at = recorded_at + interval '1 microsecond'"):
            self.load(count=10, per=1, skip=self.sql("SELECT count(*) / 10 FROM report")[0][0])
            self.bench.look_up([path], "small", 10)
            self.sql(f"UPDATE submission SET {change} WHERE seq = (SELECT max(seq) FROM submission)")
            self.wrong("receipts", self.bench.look_up, [path], "small", 10)
            self.sql("UPDATE submission SET seq = seq - 100000 WHERE seq > 100000")

    def test_a_total_that_was_not_sent_is_found(self):
        self.load(count=SUBMISSIONS, per=1)
        self.check(200, verify=False)
        self.wrong("fupin-bench check", self.check, 199, verify=False)
        self.wrong("fupin-bench check", self.check, 200, first=1, verify=False)

    def test_reports_of_an_office_that_sent_none_are_found(self):
        self.load(count=100, per=1, office_first=0, office_count=5)
        self.check(20, offices=5, seq=100, verify=False)
        self.wrong("fupin-bench check", self.check, 20, offices=4, verify=False)

    def test_a_flood_is_looked_up(self):
        path = os.path.join(self.bench.directory, "receipts-flood")
        for per, busy in ((1, True), (50, True)):
            flood = self.bench.generator.start(
                "flood", wait=1, count=3000, per=per, entries=1, skip=per * 10000, rate=1000000, connections=4, office_first=9,
                receipts=path, **self.bench.load_options(self.centre, "small"))
            self.bench.generator.await_ready(flood)
            self.bench.generator.go(flood)
            found = self.load(count=90, per=1, office_count=9, skip=10 * (per > 1), spread_ms=200)
            self.bench.generator.go(flood)
            flooded = self.bench.generator.finish(flood)
            self.bench.look_up([path], "small", flooded["receipts"])
            self.assertEqual((found["receipts"], found["busy"], flooded["busy"] > 0), (90, 0, busy))
        self.check(20, offices=9)

    def test_reports_twice_are_refused_and_told(self):
        self.load(count=100, per=1)
        self.wrong("fupin-bench load", self.load, count=100, per=1)


class Slowed(unittest.TestCase):
    def test_a_slowed_process_runs_again_afterwards(self):
        made = bench.Bench(argparse.Namespace(quick=True, long=False, dir=None))
        self.addCleanup(made.end, False)

        def state():
            with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
                return file.read().rsplit(")", 1)[1].split()[0]
        for seconds, end in ((600, made.processes.end), (600, lambda slow: slow.stdin.close()), (1, made.generator.read)):
            process = made.processes.start(["cat"], stdin=subprocess.PIPE)
            slow = made.generator.start("slow", died="TERM", wait=1, pid=process.pid, run_us=1000, every_us=900000,
                                        seconds=seconds)
            made.generator.await_ready(slow)
            made.generator.go(slow)
            wait_for("it to be stopped", lambda: state() == "T")
            end(slow)
            slow.wait()
            self.assertNotEqual(state(), "T")
            made.processes.end(slow)
            made.processes.end(process)


class Filled(unittest.TestCase):
    """What is put in directly is as if it had been sent."""

    def test_filled_and_copied_journals_are_whole(self):
        made = bench.Bench(argparse.Namespace(quick=True, long=False, dir=None))
        self.addCleanup(made.end, False)
        made.start()
        made.plan("odd", provinces=3, prefectures=7, counties=17, villages=391, first=201311, last=201402)
        for command, options, sent in (("fill", {"count": 60, "per": 7, "connections": 2}, 60),
                                       ("fill", {"count": 1000, "per": 50, "batch": 300}, 1000),
                                       ("copy", {"count": 17 * 5, "per": 4, "batch": 20, "connections": 2}, 20)):
            made.generator.run(command, plan=made.plans["odd"], db=made.fresh("odd", "odd"), **options)
            centre = made.centre("odd").start()
            made.check(centre, "odd", sent)
            centre.stop()


class Program(unittest.TestCase):
    def setUp(self):
        before = signals()
        self.addCleanup(lambda: self.assertEqual(signals(), before, "whoever is started now ignores them, too"))

    def run_main(self, *words):
        with mock.patch.object(sys, "argv", ["bench.py", "--quick", *words]):
            with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as log:
                return bench.main(), out.getvalue(), log.getvalue()

    def test_rows_for_people_and_programs(self):
        made = bench.new_directory()
        self.addCleanup(bench.shutil.rmtree, made)
        path = os.path.join(made, "rows.json")
        status, out, log = self.run_main("--only", "lone_latency", "--json", path)
        self.assertEqual(status, 0, log)
        self.assertIn("lone_latency_insert", out)
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        self.assertLessEqual({"rows", "machine", "versions", "settings", "date", "mode"}, set(document))
        for row in document["rows"]:
            self.assertLessEqual({"id", "what", "value", "unit", "goal", "met"}, set(row))
        self.assertIn("lone_latency", [row["id"] for row in document["rows"]])
        self.assertEqual(document["settings"]["fsync"], "on")

    def test_rows_of_those_who_misbehave(self):
        made = bench.new_directory()
        self.addCleanup(bench.shutil.rmtree, made)
        path = os.path.join(made, "rows.json")
        status, _, log = self.run_main("--only", "fairness,backpressure,pair", "--json", path)
        self.assertEqual(status, 0, log)
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        rows = {row["id"]: row for row in document["rows"]}
        self.assertLessEqual({"fairness", "fairness_batches", "fairness_p99_alone", "fairness_p99_flooded",
                              "fairness_flood_rate", "backpressure_memory", "backpressure_lost", "pair_lag", "pair_rate"},
                             set(rows))
        self.assertEqual((rows["fairness_busy"]["value"], rows["backpressure_lost"]["value"]), (0, 0))
        self.assertLessEqual({"seconds", "memory_mib", "waiting", "receipts", "busy"},
                             set(document["curves"]["backpressure"][0]))
        self.assertIn("`backpressure`", bench.figures.markdown(document))

    def test_a_wrong_total_fails_the_benchmark(self):
        verify = Centre.verify

        def tamper(centre):
            centre.postgres.sql("UPDATE report SET \"values\"[1] = \"values\"[1] + 1 WHERE seq = 7", centre.database)
            verify(centre)
        with mock.patch.object(Centre, "verify", tamper):
            status, _, log = self.run_main("--only", "lone_latency")
        self.assertEqual(status, 1)
        self.assertIn("drift", log)


if __name__ == "__main__":
    unittest.main()
