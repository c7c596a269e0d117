"""Two fupind on one database: both accept, both tell the same, and nothing is lost between them."""
import os
import random
import signal
import socket
import subprocess
import time
import types
import unittest
from unittest import mock

import psycopg2

from harness import Centre, Database, edit_csv, entry, pb, report, submission, wait_for
from proxy import Proxy
from wire import codes

COUNTY, OTHER = 220122, 220112


class Pair(unittest.TestCase):
    def setUp(self):
        self.database = Database()
        self.first = Centre(database=self.database).start()
        self.second = self.first.beside().start()
        self.wires = [centre.wire("county-220122") for centre in (self.first, self.second)]
        self.numbers = {i.code: i.number for i in self.wires[0].catalogue().indicators}

    def tearDown(self):
        for centre in (self.first, self.second):
            if centre.process.poll() is None:
                centre.verify()
                self.assertEqual(centre.stop(), 0)
            centre.check_log()
        self.database.stop()

    def people(self, wire, unit=COUNTY):
        total = wire.total(unit, 201301, 201312, indicators=[self.numbers["people_lifted"]])
        return total.as_of.seq, total.units[0].values[0]

    def test_both_accept_and_tell_the_same(self):
        late = []
        for i in range(20):
            here, there = self.wires[i % 2], self.wires[1 - i % 2]
            receipt = here.submit(submission(entry(COUNTY, f"v-{i}")))
            self.assertEqual(receipt.seq, i + 1)
            began = time.monotonic()
            wait_for("the other one", lambda: there.ping().as_of.seq >= receipt.seq)
            late.append(time.monotonic() - began)
        # No timed promise in a test; but not by a poll of seconds either.
        self.assertLess(sorted(late)[10], 1.0)
        totals = [wire.total(COUNTY, 201304, 201304, funds=True).units[0].funds for wire in self.wires]
        self.assertEqual(totals[0][0].amount_fen, 2000)
        self.assertEqual(totals[0][0], totals[1][0])

    def test_revisions_conflict_across(self):
        """The same correction at both, at the same time: one is taken, the other is told what stands."""
        self.assertEqual(self.wires[0].submit(submission(report(self.numbers, COUNTY, 201304, people_lifted=1))).seq, 1)
        for revision in range(1, 30):
            for i, wire in enumerate(self.wires):
                wire.send(pb.Request(submit=pb.Submit(submission=submission(report(
                    self.numbers, COUNTY, 201304, replaces=revision, people_lifted=10 * revision + i)).SerializeToString())))
            replies = [wire.receive() for wire in self.wires]
            kinds = sorted(reply.WhichOneof("body") for reply in replies)
            self.assertEqual(kinds, ["receipt", "refusal"])
            refusal = next(reply.refusal for reply in replies if reply.HasField("refusal"))
            self.assertEqual(codes(refusal), ["REVISION_CONFLICT"])
            self.assertEqual((refusal.problems[0].limit, refusal.problems[0].actual), (revision + 1, revision))
        self.assertEqual(self.people(self.wires[0]), self.people(self.wires[1]))

    def test_a_voucher_is_taken_once(self):
        for i in range(20):
            for wire in self.wires:
                wire.send(pb.Request(submit=pb.Submit(submission=submission(entry(COUNTY, f"same-{i}")).SerializeToString())))
            replies = [wire.receive() for wire in self.wires]
            self.assertEqual(sorted(reply.WhichOneof("body") for reply in replies), ["receipt", "refusal"])
            refusal = next(reply.refusal for reply in replies if reply.HasField("refusal"))
            self.assertEqual(codes(refusal), ["VOUCHER_TAKEN"])

    def test_the_same_submission_at_both_is_stored_once(self):
        for i in range(20):
            data = submission(entry(COUNTY, f"twice-{i}")).SerializeToString()
            for wire in self.wires:
                wire.send(pb.Request(submit=pb.Submit(submission=data)))
            receipts = [wire.receive().receipt for wire in self.wires]
            self.assertEqual(receipts[0].seq, i + 1)
            self.assertEqual(receipts[0], receipts[1])

    def test_both_under_load(self):
        """Many in flight at both, from two offices each: every one is receipted, once, without a gap."""
        source = random.Random(3)
        wires = self.wires + [centre.wire("county-220112") for centre in (self.first, self.second)]
        sent, seqs = {}, []
        for i in range(400):
            at = source.randrange(4)
            unit = COUNTY if at < 2 else OTHER
            rows = [entry(unit, f"load-{i}-{n}") for n in range(source.choice((1, 1, 1, 30)))]
            one = submission(*rows)
            sent[one.id] = at
            wires[at].send(pb.Request(submit=pb.Submit(submission=one.SerializeToString())))
        for i, wire in enumerate(wires):
            for _ in range(list(sent.values()).count(i)):
                reply = wire.receive()
                self.assertEqual(reply.WhichOneof("body"), "receipt", reply)
                self.assertEqual(sent[reply.receipt.id], i)
                seqs.append(reply.receipt.seq)
        self.assertEqual(sorted(seqs), list(range(1, 401)))
        wait_for("both to know all", lambda: all(wire.ping().as_of.seq == 400 for wire in wires))

    def test_one_is_killed_and_comes_back(self):
        self.wires[0].submit(submission(entry(COUNTY, "a")))
        self.first.kill()
        receipt = self.wires[1].submit(submission(entry(COUNTY, "b")))
        self.assertEqual(receipt.seq, 2)
        self.first.start()
        wire = self.first.wire("county-220122")
        self.assertEqual(wire.ping().as_of.seq, 2)
        self.assertEqual(wire.submit(submission(entry(COUNTY, "c"))).seq, 3)
        wait_for("the other one", lambda: self.wires[1].ping().as_of.seq == 3)

    def test_one_that_was_away_catches_up_first(self):
        """Stopped (and its sessions ended) while the other goes on: it decides on the newest state."""
        self.wires[0].submit(submission(report(self.numbers, COUNTY, 201304, people_lifted=1)))
        self.first.process.send_signal(signal.SIGSTOP)
        self.assertEqual(self.wires[1].submit(submission(report(self.numbers, COUNTY, 201304, 1, people_lifted=2))).seq, 2)
        for i in range(3000):
            self.wires[1].send(pb.Request(submit=pb.Submit(submission=submission(entry(COUNTY, f"n-{i}")).SerializeToString())))
            if i >= 60:
                self.assertTrue(self.wires[1].receive().HasField("receipt"))
        for _ in range(60):
            self.assertTrue(self.wires[1].receive().HasField("receipt"))
        self.wires[0].send(pb.Request(submit=pb.Submit(submission=submission(
            report(self.numbers, COUNTY, 201304, 1, people_lifted=3)).SerializeToString())))
        self.first.process.send_signal(signal.SIGCONT)
        self.assertEqual(codes(self.wires[0].receive().refusal), ["REVISION_CONFLICT"])
        wait_for("the first", lambda: self.wires[0].ping().as_of.seq == 3002)
        self.assertEqual(self.people(self.wires[0]), (3002, 2))

    def test_plan_of_the_one_that_starts_must_fit(self):
        """Units and forms change only while nobody serves; the same plan is no hindrance (setUp)."""
        edit_csv(os.path.join(self.first.plan, "units.csv"), lambda rows: rows[:-1])
        third = self.first.beside()
        third.start(wait=False)
        wait_for("the refusal", lambda: third.process.poll() is not None, 60)
        self.assertEqual(third.process.returncode, 4)
        self.assertIn("a centre serves this database", third.log())

    def test_keys_taken_out_are_taken_out_at_both(self):
        def keyless(rows):
            for row in rows:
                row["public_key"] = "" if row["name"] == "county-220122" else row["public_key"]
        edit_csv(os.path.join(self.first.plan, "principals.csv"), keyless)
        self.assertEqual(self.first.load_principals().returncode, 0)
        for wire in self.wires:
            wait_for("the refusal", lambda: codes(wire.ask(pb.Request(ping=pb.Ping())).refusal) == ["NOT_ADMITTED"])

    def test_one_that_is_frozen_in_a_transaction(self):
        """It holds the head; the other one ends its session and goes on."""
        frozen = psycopg2.connect(host=self.database.directory, user="fupin", dbname="fupin", application_name="fupind")
        with frozen.cursor() as cursor:
            cursor.execute("UPDATE journal_head SET writer = 1")
        self.assertEqual(self.wires[0].submit(submission(entry(COUNTY, "held")), timeout=60).seq, 1)
        wait_for("the word of it", lambda: "event=frozen_session_ended" in self.first.log())
        frozen.close()

    def test_clients_go_on_at_the_other(self):
        """Both endpoints in fupin.ini: one centre is killed in the middle, nobody is told, all is receipted."""
        office = self.first.offices["county-220122"]
        self.first.tell_offices(f"{self.first.endpoint}, {self.second.endpoint}")
        sheets = []
        for i in range(400):
            sheets.append(os.path.join(office.home, f"{i}.csv"))
            with open(sheets[-1], "w", encoding="utf-8") as file:
                file.write("kind,unit,voucher,occurred,source,amount\n"
                           f"raised,{COUNTY},pair/{i},2013-05-01,sector,1.00\n")
        client = subprocess.Popen(office.command("submit", "--each", "--quiet", "--timeout", "60", *sheets),
                                  stdout=subprocess.DEVNULL)
        wait_for("some commits", lambda: self.wires[1].ping().as_of.seq > 20)
        self.first.kill()
        self.assertEqual(client.wait(60), 0)
        self.assertEqual(self.second.sql("SELECT count(*), count(DISTINCT voucher) FROM fund_entry"), [(400, 400)])
        # One that begins while its first centre is away.
        result = office.run("total", COUNTY, "--funds", check=0)
        self.assertIn("as of commit 400", result.stdout)


class OneWithoutDatabase(unittest.TestCase):
    """Two of one database, each with a role of its own there: one is not let in any more."""

    def setUp(self):
        self.database = Database()
        self.database.execute("CREATE ROLE other SUPERUSER LOGIN")
        other = types.SimpleNamespace(uri=self.database.uri.replace("user=fupin", "user=other"),
                                      connect=self.database.connect)
        self.first = Centre(database=other).start()
        self.second = self.first.beside()
        self.second.database = self.database
        self.second.start()
        self.first.tell_offices(f"{self.first.endpoint}, {self.second.endpoint}")
        self.office = self.first.offices[f"county-{COUNTY}"]
        self.lock_out("other", self.first)

    def tearDown(self):
        for centre in (self.first, self.second):
            self.assertEqual(centre.stop(), 0)
            centre.check_log()
        self.database.stop()

    def lock_out(self, role, centre):
        self.database.execute(f"ALTER ROLE {role} NOLOGIN")
        self.database.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}' "
                              "AND pid <> pg_backend_pid()")
        wire = centre.wire("province")
        wait_for("the loss", lambda: not wire.ping().store_ready)

    def by_the_door(self, database="fupin", user="door"):
        connection = psycopg2.connect(host=self.database.directory, user="door", dbname=database)
        connection.autocommit = True
        return connection

    def sheets(self, count):
        paths = [os.path.join(self.office.home, f"{i}.csv") for i in range(count)]
        for i, path in enumerate(paths):
            with open(path, "w", encoding="utf-8") as file:
                file.write("kind,unit,voucher,occurred,source,amount\n"
                           f"raised,{COUNTY},v/{i},2013-05-01,sector,1.00\n")
        return paths

    def stored(self):
        return self.second.sql("SELECT count(*), count(DISTINCT voucher) FROM fund_entry")

    def test_client_goes_to_the_other(self):
        self.office.run("submit", "--each", "--timeout", "60", *self.sheets(100), check=0)
        self.assertEqual(self.stored(), [(100, 100)])

    def test_neither_has_it(self):
        """Then it waits as it is told, and does not run from one to the other."""
        self.database.execute("CREATE ROLE door SUPERUSER LOGIN")
        self.database.connect = self.by_the_door
        self.lock_out("fupin", self.second)
        refused = [centre.log().count("event=refused office=county") for centre in (self.first, self.second)]
        self.office.run("submit", "--each", "--quiet", "--timeout", "5", *self.sheets(100), check=4)
        refused = [centre.log().count("event=refused office=county") - before
                   for centre, before in zip((self.first, self.second), refused)]
        self.assertTrue(all(refused))
        self.assertLessEqual(sum(refused), 5 * 2 * 100)  # five seconds, each time both, once a sheet
        self.database.execute("ALTER ROLE fupin LOGIN")
        self.office.run("submit", "--timeout", "60", self.sheets(101)[-1], check=0)
        self.assertEqual(self.stored(), [(101, 101)])


class SlowAnswers(unittest.TestCase):
    """The answers of the database come late to one of two."""

    def setUp(self):
        self.database = Database()
        self.database.stop()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.database.settings = ("-c", "listen_addresses=127.0.0.1", "-c", f"port={port}")
        environment = mock.patch.dict(os.environ, PGPORT=str(port))  # the socket's number, too
        environment.start()
        self.addCleanup(environment.stop)
        self.database.start()
        self.line = Proxy(f"tcp://127.0.0.1:{port}")
        slow = f"postgresql:///fupin?host=127.0.0.1&port={self.line.endpoint.rsplit(':', 1)[1]}&user=fupin"
        self.first = Centre(database=types.SimpleNamespace(uri=slow, connect=self.database.connect)).start()
        self.second = self.first.beside()
        self.second.database = self.database
        self.second.start()

    def tearDown(self):
        for centre in (self.first, self.second):
            self.assertEqual(centre.stop(), 0)
            centre.check_log()
        self.line.close()
        self.database.stop()

    def test_correction_of_what_the_other_one_took(self):
        """One still waits for its COMMIT's answer; the other takes a report, whose correction comes to the one: it
        builds on what that answer does not hold, and must not be refused for it."""
        other, here, there = self.first.wire(f"county-{OTHER}"), *(
            centre.wire(f"county-{COUNTY}") for centre in (self.first, self.second))
        numbers = {i.code: i.number for i in here.catalogue().indicators}
        self.line.change(down_blocked=True)
        other.send(pb.Request(submit=pb.Submit(submission=submission(entry(OTHER, "x")).SerializeToString())))
        wait_for("the commit", lambda: there.ping().as_of.seq == 1)
        self.assertEqual(there.submit(submission(report(numbers, COUNTY, 201304, people_lifted=1))).seq, 2)
        correction = submission(report(numbers, COUNTY, 201304, replaces=1, people_lifted=2))
        here.send(pb.Request(submit=pb.Submit(submission=correction.SerializeToString())))
        wait_for("the correction", lambda: other.ping().waiting == 2)
        self.line.mend()
        self.assertEqual(other.receive().receipt.seq, 1)
        self.assertEqual(here.receive().receipt.seq, 3)


if __name__ == "__main__":
    unittest.main()
