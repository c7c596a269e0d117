"""The benchmark checks what it measures: a small round is found right, and each kind of wrong is found. No
figure is judged here."""
import argparse
import functools
import io
import json
import os
import signal
import subprocess
import sys
import types
import unittest
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

SOURCE = os.environ["FUPIN_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "bench"))
os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"

import bench  # noqa: E402
from machinery import BenchError, Centre, Generator, Processes, wait_for  # noqa: E402
import parts_stress  # noqa: E402

OFFICES, SUBMISSIONS = 10, 2000


def signals():
    """What happens when we are told to end."""
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


def form_errors(rows):
    """The rows whose form is not the one that docs/performance.md tells."""
    def is_good(row):
        return (all(isinstance(row.get(key), str) for key in ("id", "what", "unit", "goal")) and row["id"] and row["what"] and
                isinstance(row.get("value"), (int, float)) and "met" in row and row["met"] in (True, False, None))
    names = [row.get("id") for row in rows]
    return [row for row in rows if not is_good(row) or names.count(row["id"]) > 1]


whole_verify = Centre.verify


def tampered_verify(centre):
    """After the load and before the check a value changes in the database."""
    centre.postgres.sql("UPDATE report SET \"values\"[1] = \"values\"[1] + 1 WHERE seq = (SELECT max(seq) FROM report)",
                        centre.database)
    whole_verify(centre)


@functools.cache
def shared():
    """A server for all tests that need no other."""
    made = bench.Bench(argparse.Namespace(quick=True, long=False, dir=None))
    unittest.addModuleCleanup(made.end, False)
    made.start()
    return made


class LoadTest(unittest.TestCase):
    """Each test has a centre of its own with a small plan."""

    @classmethod
    def setUpClass(cls):
        cls.bench = shared()
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
        self.assertRegex(str(caught.exception), what)


class Load(LoadTest):
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

    def test_reports_twice_are_refused_and_told(self):
        self.load(count=100, per=1)
        self.wrong("fupin-bench load", self.load, count=100, per=1)

    def test_a_number_on_two_receipts_is_found(self):
        self.load(count=10, per=1)
        path = os.path.join(self.bench.directory, "receipts")
        with open(path, "r+", encoding="ascii") as file:
            lines = file.readlines()
            file.seek(0)
            file.truncate()
            file.writelines(lines[:-1] + lines[:1])
        self.wrong("10 are in the database, 9 different", self.bench.look_up, [path], "small", 10)

    def test_commits_that_were_not_pushed_are_found(self):
        found = self.load(count=100, per=1, watch=1)
        self.assertGreater(found["pushes"], 0)
        self.assertEqual((found["gaps"], found["push_us"]["count"]), (0, 100))
        other = self.other_database()
        self.bench.load(other, "small", count=200, per=1)
        self.wrong('"pushes":0', self.load, count=50, per=1, skip=10, watch=1, watch_endpoint=other.endpoint)

    def other_database(self):
        """A centre with the same keys that knows nothing of what is sent to ours."""
        self.bench.fresh("other", "small")
        other = self.centre.beside()
        other.database = "other"
        self.addCleanup(other.stop)
        return other.start()


class Flood(LoadTest):
    """The tenth office floods while the others send now and then."""

    def flood(self, voucher, per=1, **options):
        path = os.path.join(self.bench.directory, "receipts-flood")
        flood = self.bench.generator.start(
            "flood", wait=1, count=3000, per=per, entries=1, skip=voucher, rate=1000000, connections=4, office_first=OFFICES - 1,
            receipts=path, **self.bench.load_options(self.centre, "small"))
        self.bench.generator.await_ready(flood)
        self.bench.generator.go(flood)
        found = self.load(count=90, per=1, office_count=OFFICES - 1, spread_ms=200, **options)
        self.bench.generator.go(flood)
        self.assertEqual((found["receipts"], found["busy"]), (90, 0))
        return path, self.bench.generator.finish(flood)

    def test_a_flood_is_looked_up(self):
        for reports, per in enumerate((1, 50)):
            path, found = self.flood(10000 * per, per, skip=10 * reports)
            self.assertGreater(found["busy"], 0)
            self.bench.look_up([path], "small", found["receipts"])
        self.sql("UPDATE submission SET digest = sha256(digest) WHERE seq = (SELECT max(seq) FROM fund_entry)")
        self.wrong("receipts", self.bench.look_up, [path], "small", found["receipts"])
        self.check(20, offices=OFFICES - 1)

    def test_a_missing_entry_of_a_flood_is_found(self):
        self.flood(0)
        self.sql("DELETE FROM fund_entry WHERE seq = (SELECT max(seq) FROM fund_entry)")
        self.wrong("drift", self.check, 10, offices=OFFICES - 1)

    def test_a_flood_that_was_refused_is_told(self):
        self.flood(0)
        self.wrong('"refused":[1-9]', self.flood, 0, skip=10)


def state(pid):
    """A process's state, as in proc(5)."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


class Slowed(unittest.TestCase):
    def setUp(self):
        self.processes = Processes()
        self.addCleanup(self.processes.end_all)
        self.generator = Generator(self.processes)

    def slow(self, pid, seconds):
        """Lets that process run only a millisecond of 600, once go() is said."""
        slow = self.generator.start("slow", died="TERM", wait=1, pid=pid, run_us=1000, every_us=600000, seconds=seconds)
        self.generator.await_ready(slow)
        self.generator.go(slow)
        return slow

    def test_a_slowed_process_runs_again_afterwards(self):
        process = self.processes.start(["cat"], signal.SIGKILL, stdin=subprocess.PIPE)  # a stopped one, too
        for seconds, end in ((600, lambda slow: slow.terminate()), (600, lambda slow: slow.stdin.close()),
                             (600, self.generator.go), (1, self.generator.read)):
            slow = self.slow(process.pid, seconds)
            wait_for("it to be stopped", lambda: state(process.pid) == "T")
            end(slow)
            self.assertEqual(slow.wait(), 0)
            self.assertNotEqual(state(process.pid), "T")

    def test_a_process_that_is_not_there_is_told(self):
        with self.assertRaises(BenchError):
            self.generator.finish(self.slow(2**22, 600))  # Linux gives no such number


class Stress(unittest.TestCase):
    """The parts in which somebody misbehaves, each on a fresh database."""

    @classmethod
    def setUpClass(cls):
        cls.bench = shared()
        parts_stress.plan(cls.bench)

    def end_the_part(self):
        """All that it started and did not end, as it was wrong; not the server."""
        for process, _ in self.bench.processes.running[1:]:
            self.bench.processes.end(process)

    def wrong(self, what, do, *arguments):
        with self.assertRaises(BenchError) as caught:
            do(*arguments)
        self.assertIn(what, str(caught.exception))
        self.end_the_part()

    def found_in_each_part(self, what):
        """Nobody floods: what is wrong is found without, and sooner."""
        with mock.patch.object(parts_stress, "floods", lambda made: {"alone": None}):
            for part in (parts_stress.fairness, parts_stress.backpressure, parts_stress.pair):
                with self.subTest(part.__name__):
                    self.wrong(what, part, self.bench)

    def test_a_wrong_total_is_found_in_each_part(self):
        with mock.patch.object(Centre, "verify", tampered_verify):
            self.found_in_each_part("drift")

    def test_a_wrong_receipt_is_found_in_each_part(self):
        look_up = bench.Bench.look_up

        def tampered(made, paths, database, count):
            made.postgres.sql("UPDATE submission SET digest = sha256(digest) WHERE seq = 7", database)
            look_up(made, paths, database, count)
        with mock.patch.object(bench.Bench, "look_up", tampered):
            self.found_in_each_part("receipts")

    def test_who_writes_the_journal_has_to_be_known(self):
        self.wrong("0 processes", parts_stress.writer, self.bench, "postgres")

    def test_too_small_a_load_on_a_slow_server_is_found(self):
        self.bench.fresh("slow", "stress")
        centre = self.bench.centre("slow").start()
        writer = parts_stress.writer(self.bench, "slow")
        with mock.patch.object(parts_stress, "CLIENTS", 1):
            self.wrong("before the time was over", parts_stress.slowed, self.bench, centre, 1, (99000, 100000))
        wait_for("the server's process to end", lambda: not os.path.exists(f"/proc/{writer}"))


class Verdicts(unittest.TestCase):
    """Made-up figures of whole runs: what meets its goal and what does not."""

    def rows(self, add, *arguments):
        made = types.SimpleNamespace(quick=False, rows=bench.figures.Rows(), curves={})
        add(made, *arguments)
        self.assertEqual(form_errors(made.rows.rows), [])
        return {row["id"]: row["met"] for row in made.rows.rows}

    def fairness(self, single, batches, busy=0):
        flood = {"rate": 60000.0, "mbits": 48.0, "sent": 9, "receipts": 3, "busy": 5, "held": 1}
        found = {name: {"latency_us": {"p50": 500, "p99": p99}, "busy": 0, "flood": flood}
                 for name, p99 in (("alone", 1000), ("single", single), ("batches", batches))}
        found["alone"]["busy"] = busy
        rows = self.rows(parts_stress.add_fairness, [found])
        return rows["fairness"], rows["fairness_batches"], rows["fairness_busy"]

    def test_fairness(self):
        self.assertEqual(self.fairness(2000, 2000), (True, True, True))
        self.assertEqual(self.fairness(2001, 2000), (False, True, True))
        self.assertEqual(self.fairness(2000, 2001), (True, False, True))
        self.assertEqual(self.fairness(2000, 2000, busy=1), (True, True, False))

    def backpressure(self, *mebibytes, receipts=100):
        samples = [(float(second), mib * 2**20, 7, 10.0, 1.0) for second, mib in enumerate(mebibytes, 1)]
        rows = self.rows(parts_stress.add_backpressure,
                         {"samples": samples, "submissions": 100, "receipts": receipts, "asked_again": 0, "busy": 3}, 20, (5000, 500000), 1.0)
        return rows["backpressure_memory"], rows["backpressure_lost"]

    def test_backpressure(self):
        self.assertEqual(self.backpressure(50, 60, 76), (True, True))
        self.assertEqual(self.backpressure(50, 60, 77), (False, True))
        self.assertEqual(self.backpressure(50, 60, 77, 60), (False, True))
        self.assertEqual(self.backpressure(50, 60, 76, receipts=99), (True, False))
        with self.assertRaises(BenchError):
            self.backpressure(50, 60)

    def test_pair(self):
        for p99, met in ((200000, True), (200001, False)):
            late = [{"push_us": {"p50": 1000, "p99": p99, "max": 300000}}]
            self.assertEqual(self.rows(parts_stress.add_pair, late, [9.0], [8.0])["pair_lag"], met)


class Filled(unittest.TestCase):
    """What is put in directly is as if it had been sent."""

    def test_filled_and_copied_journals_are_whole(self):
        made = shared()
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
        self.assertEqual(form_errors(document["rows"]), [])
        self.assertIn("lone_latency", [row["id"] for row in document["rows"]])
        self.assertEqual(document["settings"]["fsync"], "on")

    def test_rows_of_those_who_misbehave(self):
        document, looked_up = self.stress_document()
        self.assertEqual(form_errors(document["rows"]), [])
        self.assertEqual(list(document["seconds"]), ["fairness", "backpressure", "pair"])
        rows = {row["id"]: row for row in document["rows"]}
        for name, _, made in bench.PARTS:
            self.assertLessEqual(set(made) if name in document["seconds"] else set(), set(rows))
        self.assertEqual((rows["fairness_busy"]["value"], rows["backpressure_lost"]["value"]), (0, 0))
        self.assertEqual({row["met"] for row in document["rows"]}, {None})  # scaled down, it says nothing
        self.assertLessEqual({"seconds", "memory_mib", "waiting", "receipts", "busy"},
                             set(document["curves"]["backpressure"][0]))
        self.assertIn("`backpressure`", bench.figures.markdown(document))
        self.assertEqual(looked_up, {"ordinary", "flood", "slowed", "lag", "rate-0", "rate-1"})

    def stress_document(self):
        """What the parts wrote; whose receipts were looked up."""
        made = bench.new_directory()
        self.addCleanup(bench.shutil.rmtree, made)
        path = os.path.join(made, "rows.json")
        with mock.patch.object(bench.Bench, "look_up", autospec=True, side_effect=bench.Bench.look_up) as look_up:
            status, _, log = self.run_main("--only", "fairness,backpressure,pair", "--json", path)
        self.assertEqual(status, 0, log)
        with open(path, encoding="utf-8") as file:
            return json.load(file), {call.args[1][0].split("receipts-")[1] for call in look_up.call_args_list}

    def test_a_wrong_total_fails_the_benchmark(self):
        with mock.patch.object(Centre, "verify", tampered_verify):
            status, _, log = self.run_main("--only", "pair_lag")
        self.assertEqual(status, 1)
        self.assertIn("drift", log)


if __name__ == "__main__":
    unittest.main()
