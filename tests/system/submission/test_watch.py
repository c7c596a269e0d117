"""Watching totals: pushes of the newest state, one at a time; and fupin watch."""
import json
import os
import pty
import re
import signal
import subprocess
import unittest

from harness import SLOW, Centre, CentreTest, edit_csv, entry, pb, report, submission, wait_for
from wire import NoAnswer, codes

COUNTY, PREFECTURE, PROVINCE = 220122, 2201, 22
WATCHES_OF_AN_OFFICE = 16


def memory_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


class Watch(CentreTest):
    def setUp(self):
        self.county = self.centre.wire("county-220122")
        self.watcher = self.centre.wire("province")

    def tearDown(self):
        for wire in (self.county, self.watcher):
            wire.close()
            self.centre.wires.remove(wire)

    def query(self, unit=PROVINCE, **fields):
        query = pb.TotalQuery(unit=unit, to=201312, funds=True, **fields)
        setattr(query, "from", 201301)
        return query

    def watch(self, **fields):
        reply = self.watcher.ask(pb.Request(watch=pb.Watch(query=self.query(**fields))))
        self.assertTrue(reply.HasField("total"), reply)
        return reply.request_id, reply.total

    def push(self, watch):
        while True:
            reply = self.watcher.receive()
            if reply.HasField("push") and not reply.push.units:
                self.ack(watch, reply.push.as_of.seq)  # a sign of life
                continue
            self.assertTrue(reply.HasField("push"), reply)
            self.assertEqual(reply.request_id, watch)
            return reply.push

    def ack(self, watch, seq):
        self.watcher.send(pb.Request(ack=pb.Ack(watch=watch, seq=seq)))

    def send(self, count=1):
        """So many fund entries of a fen each; the last receipt's number."""
        for _ in range(count):
            receipt = self.county.submit(submission(entry(COUNTY, f"w-{os.urandom(6).hex()}", amount_fen=1)))
        return receipt.seq

    @staticmethod
    def money(total):
        return sum(fund.amount_fen for unit in total.units for fund in unit.funds)

    def test_a_push_holds_what_changed(self):
        watch, total = self.watch(by=pb.COUNTY, whole=True)
        self.assertEqual(total.units[-1].unit, PROVINCE)
        seq = self.send()
        push = self.push(watch)
        self.assertEqual((push.as_of.seq, push.since_seq), (seq, total.as_of.seq))
        self.assertEqual([unit.unit for unit in push.units], [COUNTY, PROVINCE])
        now = self.watcher.ask(pb.Request(total=self.query(by=pb.COUNTY, whole=True))).total
        changed = {unit.unit: unit for unit in now.units}
        for unit in push.units:
            self.assertEqual(unit, changed[unit.unit])

    def test_what_happens_meanwhile_is_one_push(self):
        watch, total = self.watch()
        before = self.money(total)
        self.send()
        first = self.push(watch)
        self.send(50)
        with self.assertRaises(NoAnswer):
            self.watcher.receive(timeout=0.2)
        self.ack(watch, first.as_of.seq)
        second = self.push(watch)
        self.assertEqual(second.since_seq, first.as_of.seq)
        self.assertEqual(self.money(second), before + 51)
        self.ack(watch, second.as_of.seq)
        with self.assertRaises(NoAnswer):
            self.watcher.receive(timeout=0.2)

    def test_only_what_lies_below(self):
        other = self.centre.wire("county-220112")
        query = self.query(unit=220112)
        watch = other.ask(pb.Request(watch=pb.Watch(query=query))).request_id
        self.send()
        with self.assertRaises(NoAnswer):
            other.receive(timeout=0.2)
        other.submit(submission(report(self.numbers, 220112, 201305, people_lifted=3)))
        self.assertEqual(other.receive().request_id, watch)
        reply = other.ask(pb.Request(watch=pb.Watch(query=self.query(unit=COUNTY))))
        self.assertEqual(codes(reply.refusal), ["UNIT_OUT_OF_SCOPE"])

    def test_end_of_a_watch(self):
        watch, _ = self.watch()
        self.send()
        push = self.push(watch)
        self.ack(watch, push.as_of.seq)
        self.assertTrue(self.watcher.ask(pb.Request(unwatch=pb.Unwatch(watch=watch))).HasField("unwatched"))
        self.send()
        with self.assertRaises(NoAnswer):
            self.watcher.receive(timeout=0.2)
        self.ack(watch, push.as_of.seq)
        self.assertEqual(codes(self.watcher.receive().refusal), ["WATCH_UNKNOWN"])

    def test_limit_and_bad_watches(self):
        for _ in range(WATCHES_OF_AN_OFFICE):
            self.watch()
        reply = self.watcher.ask(pb.Request(watch=pb.Watch(query=self.query())))
        self.assertEqual(codes(reply.refusal), ["WATCHES_TOO_MANY"])
        self.assertEqual(reply.refusal.problems[0].limit, WATCHES_OF_AN_OFFICE)
        self.assertGreater(reply.refusal.retry_after_ms, 0)
        for request, code in ((pb.Watch(), "MALFORMED"), (pb.Watch(query=self.query(unit=99)), "UNIT_OUT_OF_SCOPE"),
                              (pb.Watch(query=self.query(by=pb.VILLAGE)), "LEVEL_INVALID")):
            self.assertEqual(codes(self.watcher.ask(pb.Request(watch=request)).refusal), [code])
        for watch in range(1, WATCHES_OF_AN_OFFICE + 1):
            self.watcher.ask(pb.Request(unwatch=pb.Unwatch(watch=watch)))
        self.watch()

    def test_a_stopped_watcher_costs_one_push_and_slows_nobody(self):
        stopped, live = self.watch()[0], self.centre.wire("prefecture-2201")
        watch = live.ask(pb.Request(watch=pb.Watch(query=self.query(unit=PREFECTURE)))).request_id
        self.send(200)
        before = memory_kib(self.centre.process.pid)
        seq = self.send(3000)
        if SLOW == 1:  # a sanitizer keeps freed memory for a while
            self.assertLess(memory_kib(self.centre.process.pid), before + 4096)
        # The other one is at the newest state after two pushes at most: what was under way, and the rest.
        last = live.receive().push
        while last.as_of.seq < seq:
            live.send(pb.Request(ack=pb.Ack(watch=watch, seq=last.as_of.seq)))
            last = live.receive().push
        # And the stopped one, too, when it goes on.
        first = self.push(stopped)
        self.ack(stopped, first.as_of.seq)
        self.assertEqual(self.push(stopped).as_of.seq, seq)

    def test_fupin_watch_prints_lines(self):
        office = self.centre.offices["prefecture-2201"]
        process = subprocess.Popen(office.command("watch", PREFECTURE, "--by", "county", "--funds", "--count", "3"),
                                   stdout=subprocess.PIPE, text=True)
        first = json.loads(process.stdout.readline())
        self.assertEqual(first["units"][-1]["unit"], PREFECTURE)
        seen = first["as_of"]["seq"]
        for _ in range(2):
            seq = self.send()
            line = json.loads(process.stdout.readline())
            self.assertEqual((line["as_of"]["seq"], [unit["unit"] for unit in line["units"]]), (seq, [COUNTY, PREFECTURE]))
            self.assertGreater(seq, seen)
        self.assertEqual(process.wait(20), 0)
        process.stdout.close()
        total = json.loads(office.run("total", PREFECTURE, "--by", "county", "--funds", "--format", "json", check=0).stdout)
        self.assertEqual(line["units"][-1], total["whole"])

    def test_fupin_watch_draws_on_a_terminal(self):
        office = self.centre.offices["prefecture-2201"]
        leader, follower = pty.openpty()
        process = subprocess.Popen(office.command("watch", PREFECTURE, "--by", "county", "--count", "2"),
                                   stdout=follower, env=dict(os.environ, LC_ALL="zh_CN.UTF-8"))
        os.close(follower)
        seen = b""

        def read_until(what):
            nonlocal seen
            while what.encode() not in seen:
                seen += os.read(leader, 65536)
        read_until("截至提交序号")
        seq = self.send()
        read_until(f"截至提交序号 {seq}")
        self.assertEqual(process.wait(20), 0)
        os.close(leader)
        self.assertEqual(seen.count(b"\x1b[H\x1b[2J"), 2)

    def test_wrong_usage(self):
        office = self.centre.offices["prefecture-2201"]
        for words in (("watch",), ("watch", "2201", "--count", "0"), ("watch", "2201", "--by", "planet")):
            self.assertEqual(office.run(*words).returncode, 2, words)
        self.assertEqual(office.run("watch", "2202", "--count", "1").returncode, 3)


class Interrupted(unittest.TestCase):
    def setUp(self):
        self.centre = Centre().start()
        self.county = self.centre.wire("county-220122", timeout=60)

    def tearDown(self):
        self.centre.verify()
        self.centre.stop()
        self.centre.check_log()

    def send(self):
        return self.county.submit(submission(entry(COUNTY, f"w-{os.urandom(6).hex()}"))).seq

    def test_fupin_watch_survives_the_centre(self):
        """kill -9 and a new start: the watch is made anew by itself."""
        office = self.centre.offices["province"]
        process = subprocess.Popen(office.command("watch", "22", "--funds", "--count", "3"), stdout=subprocess.PIPE, text=True)
        self.assertEqual(json.loads(process.stdout.readline())["as_of"]["seq"], 0)
        self.send()
        self.assertEqual(json.loads(process.stdout.readline())["as_of"]["seq"], 1)
        self.centre.kill()
        self.centre.start()
        self.county = self.centre.wire("county-220122", timeout=60)
        self.send()
        self.assertEqual(json.loads(process.stdout.readline())["as_of"]["seq"], 2)
        self.assertEqual(process.wait(30), 0)
        process.stdout.close()

    def test_a_revoked_key_gets_no_more_pushes(self):
        watcher = self.centre.wire("province")
        query = pb.TotalQuery(unit=22, to=201312, funds=True)
        setattr(query, "from", 201301)
        watch = watcher.ask(pb.Request(watch=pb.Watch(query=query))).request_id
        self.send()
        self.assertEqual(watcher.receive().request_id, watch)

        def keyless(rows):
            for row in rows:
                row["public_key"] = "" if row["name"] == "province" else row["public_key"]
        edit_csv(os.path.join(self.centre.plan, "principals.csv"), keyless)
        self.assertEqual(self.centre.load_principals().returncode, 0)
        refusal = watcher.receive()  # it is told that its watch has ended, by itself
        self.assertEqual((refusal.request_id, codes(refusal.refusal)), (watch, ["NOT_ADMITTED"]))
        self.send()
        with self.assertRaises(NoAnswer):
            watcher.receive(timeout=0.3)

    def test_a_watch_ends_with_its_scope(self):
        """The key is given to another office: what it may not read any more is not pushed any more."""
        watcher = self.centre.wire("province")
        query = pb.TotalQuery(unit=22, to=201312, funds=True)
        setattr(query, "from", 201301)
        watcher.ask(pb.Request(watch=pb.Watch(query=query)))
        key = self.centre.offices["province"].public_key

        def moved(rows):
            for row in rows:
                if row["name"] in ("province", "county-222403"):
                    row["public_key"] = key if row["name"] == "county-222403" else ""
        edit_csv(os.path.join(self.centre.plan, "principals.csv"), moved)
        self.assertEqual(self.centre.load_principals().returncode, 0)
        wait_for("the new list", lambda: codes(watcher.ask(pb.Request(total=query)).refusal) == ["UNIT_OUT_OF_SCOPE"])
        self.send()
        with self.assertRaises(NoAnswer):
            watcher.receive(timeout=0.3)


if __name__ == "__main__":
    unittest.main()
