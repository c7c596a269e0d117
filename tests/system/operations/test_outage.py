"""PostgreSQL slow, read-only, without room, failed over: totals are answered all the time, submissions wait or are
refused with a reason and a time, and the centre comes back by itself with everything in order."""
import csv
import os
import re
import signal
import subprocess
import unittest

from harness import HURRIED, PATIENT, SLOW, SOURCE, Centre, Database, entry, new_directory, newest_postgresql, pb, report, submission, wait_for
from wire import NoAnswer, Stubborn, codes, uuid7

COUNTY, OTHER = 220122, 220112
WINDOW = 64
QUEUE_MAX, OFFICE_MAX, COMMIT_MAX = 12_000, 256, 12_000  # PROTOCOL.md, section 11


def all_county_offices():
    with open(os.path.join(SOURCE, "db", "plan-2013", "units.csv"), encoding="utf-8") as file:
        return [f"county-{row['code']}" for row in csv.DictReader(file) if row["level"] == "county"]


class Pair:
    """Two servers as one database: who writes goes to the one that takes writes."""

    def __init__(self):
        self.primary = Database()
        self.standby = self.primary.standby()

    @property
    def uri(self):
        return (f"postgresql:///fupin?host={self.primary.directory},{self.standby.directory}&user=fupin"
                "&target_session_attrs=read-write")

    def connect(self):
        return self.primary.connect()

    def fail_over(self):
        self.standby.execute("SELECT pg_promote(wait => true)")
        self.primary, self.standby = self.standby, self.primary

    def stop(self):
        self.primary.stop()
        self.standby.stop()


class OutageTest(unittest.TestCase):
    def start(self, database, options=(), hurried=HURRIED, **more):
        self.database = database
        self.centre = Centre(database=database, options=(*hurried, *options), **more).start()
        self.addCleanup(self.centre.stop)
        self.wire = self.centre.wire(f"county-{COUNTY}")
        self.numbers = {i.code: i.number for i in self.wire.catalogue().indicators}
        self.kept = []
        self.last = self.wire.submit(submission(entry(COUNTY, "first"))).seq
        self.entries = 1  # of this county, in its totals

    def end(self):
        self.centre.verify()
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()
        if self.database:
            self.database.stop()

    def answered(self):
        """Totals stand where they stood: as of the last commit that was receipted."""
        total = self.wire.total(COUNTY, 201301, 201312, funds=True)
        self.assertEqual(total.as_of.seq, self.last)
        self.assertEqual(sum(f.entries for f in total.units[0].funds), self.entries)
        self.assertEqual(self.wire.ping().as_of.seq, self.last)

    def refused(self, *expected):
        """Refused with a reason and a time; the bytes are kept for later."""
        message = submission(entry(COUNTY, f"kept-{len(self.kept)}"))
        reply = self.wire.submit(message, timeout=60 * SLOW)
        self.assertIsInstance(reply, pb.Refusal, reply)
        self.assertIn(codes(reply)[0], expected)
        self.assertGreater(reply.retry_after_ms, 0)
        self.kept.append(message)
        self.answered()
        return codes(reply)[0]

    def comes_back(self):
        """By itself: what was refused is sent again until it is stored."""
        for message in self.kept:
            def stored(message=message):
                reply = self.wire.submit(message, timeout=60 * SLOW)
                if isinstance(reply, pb.Refusal):
                    self.assertGreater(reply.retry_after_ms, 0, reply)
                    return False
                self.assertEqual(reply.seq, self.last + 1)
                self.last, self.entries = reply.seq, self.entries + 1
                return True
            wait_for("the store", stored, 60)
        self.answered()
        self.assertEqual(self.centre.sql("SELECT count(*), count(DISTINCT voucher) FROM fund_entry WHERE voucher LIKE "
                                         "'kept-%'"), [(len(self.kept), len(self.kept))])
        self.kept = []

    @staticmethod
    def go_on(pid):
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass


class Slow(OutageTest):
    """It answers late, or not at all for a while."""

    def memory_kib(self):
        with open(f"/proc/{self.centre.process.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def settled_waiting(self):
        """How many wait, once two answers in a row say the same."""
        first = self.wire.ping().waiting
        return first if first and first == self.wire.ping().waiting else None

    def lock_tables(self):
        return self.centre.lock("LOCK TABLE submission, report, fund_entry IN ACCESS EXCLUSIVE MODE")

    def flood(self, wires):
        """A full window on each connection, each submission with its own id and voucher; the bytes by (wire, request)."""
        sent = {}
        for office, wire in wires:
            template = submission(entry(int(office.removeprefix("county-")), "voucher-0000000"))
            template.id = b"i" * 16
            data = template.SerializeToString()
            for _ in range(WINDOW):
                own = data.replace(b"i" * 16, uuid7()).replace(b"0000000", b"%07d" % len(sent))
                sent[wire, wire.send(pb.Request(submit=pb.Submit(submission=own)))] = own
        return sent

    def until_full(self, offices, connections):
        """Every office sends on so many connections until the centre says BUSY; (what was sent, how many wait, whose
        request was refused)."""
        wires = [(office, self.centre.wire(office)) for office in offices for _ in range(connections)]
        sent = self.flood(wires)
        wait_for("BUSY", lambda: any(w.socket.poll(0) for _, w in wires), 60)
        waiting = wait_for("the queue", self.settled_waiting)
        busy = []

        def all_told():
            for wire in (w for _, w in wires if w.socket.poll(0)):
                reply = wire.receive()
                self.assertEqual(codes(reply.refusal), ["BUSY"])
                self.assertGreater(reply.refusal.retry_after_ms, 0)
                busy.append((wire, reply.request_id))
            return len(busy) >= len(sent) - waiting
        wait_for("the last refusal", all_told)
        self.assertEqual(len(busy), len(sent) - waiting)
        return sent, waiting, busy

    def all_go_through(self, holder, sent, busy):
        holder.close()
        self.take_in_order({wire for wire, _ in sent}, sent, set(busy))
        for wire, request in busy:
            self.assertIsInstance(wire.submit(sent[wire, request]), pb.Receipt)
        self.assertEqual(self.centre.sql("SELECT count(*), count(DISTINCT voucher) FROM fund_entry"),
                         [(len(sent) + 1, len(sent) + 1)])
        self.end()

    def test_tables_are_locked(self):
        """Somebody's session holds a lock: submissions of all counties queue up to a bound, then BUSY; all go through
        afterwards."""
        counties = all_county_offices()
        self.start(Database(), offices=counties, hurried=PATIENT)
        holder = self.lock_tables()
        # More than the queue, what is being committed and what is gathered meanwhile can hold, however it arrives.
        sent, waiting, busy = self.until_full(counties, (QUEUE_MAX + 2 * COMMIT_MAX) // (WINDOW * len(counties)) + 1)
        self.assertLessEqual(waiting, QUEUE_MAX + 2 * COMMIT_MAX)
        self.assertGreater(waiting, QUEUE_MAX)
        self.answered()
        self.assertEqual(self.wire.ping().waiting, waiting)
        self.all_go_through(holder, sent, busy)

    def test_office_fills_its_queue(self):
        """One office may wait with so many; whatever it sends beyond that is refused and leaves nothing in memory."""
        self.start(Database(), hurried=PATIENT)
        holder = self.lock_tables()
        sent, waiting, busy = self.until_full([f"county-{COUNTY}"], 8)
        self.assertLess(waiting, 2 * OFFICE_MAX)

        def send_again(times):
            for _ in range(times // len(busy) + 1):
                for wire, request in busy:
                    self.assertEqual(codes(wire.submit(sent[wire, request])), ["BUSY"])
            return self.memory_kib()

        settled = send_again(8 * 1024)  # libzmq's pipes have been through their memory: two chunks of 256 messages
        again = send_again(20_000)
        if SLOW == 1:
            self.assertLess(again - settled, 1024, "20,000 refusals: less than 52 bytes each")
        self.answered()
        self.assertEqual(self.wire.ping().waiting, waiting)
        self.all_go_through(holder, sent, busy)

    def test_tables_are_locked_while_the_connection_is_lost(self):
        """Each attempt waits for the lock and is given up: its session does not stay behind."""
        self.start(Database())
        holder = self.lock_tables()
        self.database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fupind'")
        seen = set()

        def sessions():
            now = {row[0] for row in self.database.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'fupind'")}
            seen.update(now)
            return now
        wait_for("four attempts", lambda: sessions() and len(seen) > 3, 120)
        wait_for("those given up to end", lambda: len(sessions()) < 3)
        holder.close()
        self.kept = [submission(entry(COUNTY, "kept-0"))]
        self.comes_back()
        self.end()

    def take_in_order(self, wires, sent, refused):
        """Every connection gets its receipts in the order of what it sent."""
        for wire in wires:
            requests = [request for w, request in sent if w is wire and (w, request) not in refused]
            seqs = {}
            while len(seqs) < len(requests):
                reply = wire.receive(60 * SLOW)
                self.assertEqual(reply.WhichOneof("body"), "receipt", reply)
                seqs[reply.request_id] = reply.receipt.seq
            self.assertEqual(sorted(requests, key=seqs.get), requests)

    def test_backend_stands_still(self):
        """A chain of corrections behind a database that does not answer: in order when it goes on."""
        self.start(Database())
        backend = self.centre.writer()
        os.kill(backend, signal.SIGSTOP)
        self.addCleanup(self.go_on, backend)
        chain = [submission(report(self.numbers, COUNTY, 201301, replaces=i, people_lifted=i)) for i in range(30)]
        sender = self.centre.wire(f"county-{COUNTY}")
        wanted = [sender.send(pb.Request(submit=pb.Submit(submission=s.SerializeToString()))) for s in chain]
        wait_for("the queue", lambda: self.wire.ping().waiting == len(chain))
        self.answered()
        wait_for("the warning", lambda: "event=commit_slow" in self.centre.log())
        self.answered()
        self.go_on(backend)
        seqs = {}
        while len(seqs) < len(chain):
            reply = sender.receive(60 * SLOW)
            seqs[reply.request_id] = reply.receipt.seq
        self.assertEqual([seqs[i] for i in wanted], list(range(self.last + 1, self.last + 1 + len(chain))))
        self.end()

    def freeze_the_worker(self):
        """The session that answers what is not of the journal stands still, with a reload on its way to it."""
        self.start(Database())
        admin = self.centre.wire("admin")
        self.assertEqual(admin.ask(pb.Request(reload=pb.Reload())).WhichOneof("body"), "reloaded")
        sessions = self.centre.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'fupind' ORDER BY backend_start")
        os.kill(sessions[-1][0], signal.SIGSTOP)
        self.addCleanup(self.go_on, sessions[-1][0])
        self.assertNotEqual(sessions[-1][0], self.centre.writer())
        admin.send(pb.Request(reload=pb.Reload()))
        return admin, sessions[-1][0]

    def test_worker_stands_still(self):
        """Its answer comes over another connection, after a while; the journal is not held up."""
        admin, session = self.freeze_the_worker()
        self.last = self.wire.submit(submission(entry(COUNTY, "meanwhile"))).seq
        self.entries += 1
        self.answered()
        self.assertEqual(admin.receive(60 * SLOW).WhichOneof("body"), "reloaded")
        self.go_on(session)
        self.end()

    def test_stop_while_the_worker_stands_still(self):
        admin, session = self.freeze_the_worker()
        admin.ping()  # so that the reload has been taken
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()
        self.go_on(session)
        self.database.stop()

    def test_statement_is_cancelled(self):
        """What waits for a lock is cancelled by an administrator: nobody is refused for it, nothing comes twice."""
        self.start(Database())
        backend = self.centre.writer()
        holder = self.lock_tables()
        requests = [self.wire.send(pb.Request(submit=pb.Submit(
            submission=submission(entry(COUNTY, f"cancelled-{i}")).SerializeToString()))) for i in range(3)]
        wait_for("the lock", lambda: self.centre.sql(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND pid = %s", backend))
        self.centre.sql("SELECT pg_cancel_backend(%s)", backend)
        wait_for("the new connection", lambda: "event=database_lost" in self.centre.log())
        holder.close()
        replies = {reply.request_id: reply for reply in (self.wire.receive(60 * SLOW) for _ in requests)}
        self.assertEqual([replies[i].WhichOneof("body") for i in requests], ["receipt"] * 3)
        self.assertEqual(self.centre.sql("SELECT count(*), count(DISTINCT voucher) FROM fund_entry"), [(4, 4)])
        self.assertNotEqual(self.centre.writer(), backend)
        self.end()


class ReadOnly(OutageTest):
    """It can be read, and takes no writes."""

    def test_read_only(self):
        """The administrator makes the database read-only for a while."""
        self.start(Database())
        self.set_read_only("on")
        # A session learns of it in its own time.
        wait_for("the first refusal", self.is_refused)
        for _ in range(3):
            self.refused("STORE_UNAVAILABLE")
        self.set_read_only("off")
        self.comes_back()
        self.end()

    def set_read_only(self, value):
        connection = self.database.connect()
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
            cursor.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            cursor.execute("SELECT pg_reload_conf()")
        connection.close()

    def is_refused(self):
        reply = self.wire.submit(submission(entry(COUNTY, f"probe-{self.last}")), timeout=60 * SLOW)
        if isinstance(reply, pb.Receipt):
            self.last, self.entries = reply.seq, self.entries + 1
            return False
        self.assertGreater(reply.retry_after_ms, 0)
        return True

    def test_several_in_flight_when_it_becomes_read_only(self):
        """All are refused with a time, and all are stored later in the order in which they are sent again."""
        self.start(Database())
        self.set_read_only("on")
        wait_for("the first refusal", self.is_refused)
        sent = [submission(entry(COUNTY, f"kept-{i}")) for i in range(50)]
        for message in sent:
            self.wire.send(pb.Request(submit=pb.Submit(submission=message.SerializeToString())))
        for _ in sent:
            refusal = self.wire.receive(60 * SLOW).refusal
            self.assertEqual(codes(refusal), ["STORE_UNAVAILABLE"])
            self.assertGreater(refusal.retry_after_ms, 0)
        self.kept = sent
        self.set_read_only("off")
        self.comes_back()
        self.end()

    def test_server_becomes_a_standby(self):
        """It is there, it can be read, it takes no writes; then it is promoted."""
        self.start(Database())
        self.database.stop()
        wait_for("the loss", lambda: not self.wire.ping().store_ready)
        self.refused("STORE_UNAVAILABLE")
        with open(os.path.join(self.database.data, "standby.signal"), "w", encoding="utf-8"):
            pass
        self.database.settings = ("-c", "log_connections=on")
        attempts = self.database.log().count("application_name=fupind")
        self.database.start()
        self.assertEqual(self.database.rows("SELECT pg_is_in_recovery()"), [(True,)])
        wait_for("an attempt", lambda: self.database.log().count("application_name=fupind") > attempts)
        for _ in range(3):
            self.refused("STORE_UNAVAILABLE")
        self.database.execute("SELECT pg_promote(wait => true)")
        self.comes_back()
        self.end()


class NoRoom(OutageTest):
    """Its disk is full."""

    def full_disk(self):
        """The environment that makes PostgreSQL's disk one that can be full, and the file that fills it."""
        directory = new_directory()
        library, flag = os.path.join(directory, "full_disk.so"), os.path.join(directory, "full")
        subprocess.run([os.environ.get("FUPIN_CC", "cc"), "-shared", "-fPIC", "-D_GNU_SOURCE", "-O1", "-o", library,
                        os.path.join(os.path.dirname(__file__), "full_disk.c"), "-ldl"], check=True)
        os.chmod(library, 0o755)
        return {"LD_PRELOAD": library, "FULL_DISK": flag}, flag

    @staticmethod
    def fill(flag, where):
        """`where`: a part of the paths that no longer take a byte."""
        with open(flag + ".new", "w", encoding="utf-8") as file:
            file.write(where + "\n")
        os.rename(flag + ".new", flag)

    def test_no_room_for_tables(self):
        """A table cannot grow: STORE_FULL, nothing half stored, and with room again it goes on."""
        environment, flag = self.full_disk()
        self.start(Database(environment=environment))
        self.fill(flag, "/data/base/")
        full = None
        for i in range(200):  # until the last page is full
            rows = [entry(COUNTY, f"fill-{i}-{n}", note="x" * 200) for n in range(50)]
            reply = self.wire.submit(submission(*rows), timeout=60 * SLOW)
            if isinstance(reply, pb.Refusal):
                full = reply
                break
        self.assertIsNotNone(full, "the disk was never full")
        self.assertEqual(codes(full), ["STORE_FULL"])
        self.assertGreater(full.retry_after_ms, 0)
        self.last = self.wire.ping().as_of.seq
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher LIKE 'fill-%'"), [(50 * i,)])
        os.unlink(flag)
        self.assertIsInstance(self.wire.submit(submission(*rows)), pb.Receipt)
        self.end()

    def test_no_room_for_the_write_ahead_log(self):
        """PostgreSQL itself goes down over it, and again in each recovery until there is room."""
        environment, flag = self.full_disk()
        programs = os.path.dirname(flag)
        # Preloaded into PostgreSQL alone, not into fupind.
        for name in ("postgres", "initdb"):
            path = os.path.join(programs, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\nexport " + " ".join(f"{key}={value}" for key, value in environment.items()) +
                           f'\nexec {os.path.join(newest_postgresql(), name)} "$@"\n')
            os.chmod(path, 0o755)
        self.start(None, options=("--pg-bin", programs))
        self.fill(flag, "/pg_wal/")
        doubt = submission(entry(COUNTY, "in-doubt"))
        sender = self.centre.wire(f"county-{COUNTY}")
        sender.send(pb.Request(submit=pb.Submit(submission=doubt.SerializeToString())))
        wait_for("the loss", lambda: not self.wire.ping().store_ready)
        panics = self.count_panics()
        self.refused("STORE_FULL", "STORE_UNAVAILABLE")
        wait_for("vain attempts to recover", lambda: self.count_panics() > panics + 2)
        self.refused("STORE_FULL", "STORE_UNAVAILABLE")
        with self.assertRaises(NoAnswer):
            sender.receive(timeout=0)  # nobody knows what became of it
        os.unlink(flag)
        receipt = sender.receive(60 * SLOW).receipt
        self.assertEqual((receipt.id, receipt.seq), (doubt.id, self.last + 1))
        self.last, self.entries = receipt.seq, self.entries + 1
        self.comes_back()
        self.end()

    def count_panics(self):
        with open(os.path.join(self.centre.data, "pg.log"), encoding="utf-8", errors="replace") as file:
            return file.read().count("PANIC:")


class FailedOver(OutageTest):
    """Two servers, and one is away."""

    def test_fail_over(self):
        """The primary dies with commits in flight, the standby is promoted: the centre goes on there by itself."""
        self.start(Pair())
        walreceiver = self.database.standby.rows("SELECT pid FROM pg_stat_wal_receiver")[0][0]
        os.kill(walreceiver, signal.SIGSTOP)  # from here on no commit is acknowledged
        self.addCleanup(self.go_on, walreceiver)
        clients = []
        for n, name in enumerate((f"county-{COUNTY}", f"county-{OTHER}") * 2):
            messages = [submission(entry(int(name[-6:]), f"over-{n}-{i}")) for i in range(100)]
            clients.append(Stubborn(lambda name=name: self.centre.wire(name), messages, 30 * SLOW))
            clients[-1].step()
        wait_for("all of them", lambda: self.wire.ping().waiting == 400)
        self.assertEqual(sum(len(c.receipts) for c in clients), 0)
        self.database.primary.kill()
        self.go_on(walreceiver)
        wait_for("the loss", lambda: not self.wire.ping().store_ready)
        self.refused("STORE_UNAVAILABLE")
        self.assertFalse(self.wire.ping().store_ready, "a standby takes no writes")
        self.database.fail_over()
        wait_for("all receipts", lambda: all([c.step() for c in clients]), 90)
        self.last, self.entries = self.last + 400, self.entries + 200
        self.comes_back()
        stored = {row[0]: row[1:] for row in self.centre.sql(
            "SELECT encode(uuid_send(id), 'hex'), seq, encode(digest, 'hex'), "
            "(extract(epoch FROM recorded_at) * 1000000)::bigint FROM submission")}
        self.assertEqual(len(stored), self.last)
        for client in clients:
            for identity, receipt in client.receipts.items():
                self.assertEqual(stored[identity.hex()], (receipt.seq, receipt.digest.hex(), receipt.time_us))
            # In the order in which they were sent, though a batch was in doubt.
            seqs = [client.receipts[identity].seq for identity in client.sent]
            self.assertEqual(seqs, sorted(seqs))
        self.end()

    def waiting_for_standby(self):
        return self.database.primary.rows("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

    def spoil_the_wait(self, how):
        """The standby is away; the session that waits for it at COMMIT is told to stop waiting."""
        self.start(Pair())
        self.database.standby.stop()
        message = submission(entry(COUNTY, "waits"))
        self.wire.send(pb.Request(submit=pb.Submit(submission=message.SerializeToString())))
        backend = wait_for("the standby to be missed", self.waiting_for_standby)[0][0]
        self.database.primary.rows(f"SELECT {how}({backend})")
        wait_for("the loss", lambda: "event=database_lost" in self.centre.log())
        # It stands on the primary's disk, and everybody sees it; but not on the standby's.
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher = 'waits'"), [(1,)])
        wait_for("the confirmation", lambda: self.waiting_for_standby() not in ([], [(backend,)]))
        self.assertFalse(self.wire.socket.poll(0), "a receipt without the standby")
        self.answered()
        self.database.standby.start()
        self.assertEqual(self.wire.receive(60 * SLOW).receipt.seq, self.last + 1)
        # It has it on its disk; that it can be read there comes a moment later.
        wait_for("the standby", lambda: self.database.standby.rows("SELECT max(seq) FROM submission") == [(self.last + 1,)])
        self.end()

    def test_wait_for_the_standby_is_ended(self):
        self.spoil_the_wait("pg_terminate_backend")

    def test_wait_for_the_standby_is_cancelled(self):
        """PostgreSQL then says that it has committed, with a warning."""
        self.spoil_the_wait("pg_cancel_backend")


if __name__ == "__main__":
    unittest.main()
