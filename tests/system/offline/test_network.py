"""A bad line between an office and the centre: nothing is lost, nothing is there twice, the office gets its
receipts by itself once the line is back, and other offices get theirs meanwhile."""
import copy
import json
import os
import shutil
import signal
import subprocess
import unittest

from harness import SLOW, CentreTest, children_of, entry, new_directory, pb, submission, wait_for
from proxy import Proxy
from wire import Stubborn, Wire, codes

COUNTY, OTHER = 220122, 222403
SILENCE = 1 * min(SLOW, 5)  # seconds; a fifth of what is usual
SHEETS = 6
# Bytes of a connection after which it breaks: the greeting, CURVE's handshake, frames of submissions.
CUTS = (1, 30, 64, 100, 300, 500, 700, 1000)
# 27 MiB of catalogues, 22 KiB each: 8 MiB are kept, and on each line what the system keeps of it, 1 to 2 MiB.
UNREAD_LINES, UNREAD_QUESTIONS, UNREAD_ROUNDS = 8, 12, 13


class Program:
    """The real `fupin submit --each` with sheets of its own, behind a proxy."""

    def __init__(self, test, name, proxy, sheets=SHEETS, rows=1, silence=SILENCE):
        office = test.centre.offices[f"county-{COUNTY}"]
        self.office = copy.copy(office)
        self.office.home = os.path.join(new_directory(), "home")
        shutil.copytree(office.home, self.office.home)
        with open(os.path.join(self.office.home, "fupin.ini"), "w", encoding="utf-8") as file:
            file.write(f"[centre]\nendpoint = {proxy.endpoint}\npublic-key = {test.centre.centre_key()}\n"
                       f"silence = {silence}\n")
        self.test, self.name, self.sheets, self.rows, self.process = test, name, [], rows, None
        self.output = os.path.join(self.office.home, "out")
        for i in range(sheets):
            self.sheets.append(os.path.join(self.office.home, f"{i}.csv"))
            with open(self.sheets[-1], "w", encoding="utf-8") as file:
                file.write("kind,unit,voucher,occurred,source,amount\n")
                file.writelines(f"raised,{COUNTY},{name}/{i}/{row},2013-05-01,sector,1\n" for row in range(rows))

    def start(self):
        with open(self.output, "ab") as out:
            self.process = subprocess.Popen(
                self.office.command("submit", "--each", "--quiet", "--timeout", 240 * SLOW, *self.sheets),
                stdout=out, stderr=out)
        self.test.addCleanup(self.end, self.process)
        return self

    @staticmethod
    def end(process):
        process.kill()
        process.wait(30)

    def is_done(self):
        return self.process.poll() is not None

    def finish(self):
        """It ends by itself with all receipts, and the database has what they say."""
        test = self.test
        status = self.process.wait(300 * SLOW)
        with open(self.output, encoding="utf-8") as out:
            test.assertEqual(status, 0, f"{self.name}: {out.read()}")
        items = json.loads(self.office.run("status", "--format", "json", check=0).stdout)["submissions"]
        test.assertEqual(len(items), len(self.sheets))
        for item in items:
            test.assertEqual(item["state"], "receipted", self.name)
            test.check_stored(item["id"].replace("-", ""), item["seq"], item["digest"], item["time_us"])
        test.check_vouchers(self.name + "/%", len(self.sheets) * self.rows)


class NetworkTest(CentreTest):
    def setUp(self):
        self.direct = self.centre.wire(f"county-{OTHER}")
        self.proxies = []
        self.addCleanup(lambda: [proxy.close() for proxy in self.proxies])

    def proxy(self, **faults):
        proxy = Proxy(self.centre.endpoint)
        self.proxies.append(proxy)
        proxy.change(**faults)
        return proxy

    def mend(self):
        for proxy in self.proxies:
            proxy.mend()

    def stubborn(self, name, proxy, count=SHEETS, silence=1.0, options=None, rows=1):
        """A client on the wire behind a proxy; everything of it has vouchers that begin with `name`."""
        office = self.centre.offices[f"county-{COUNTY}"]

        def connect():
            return Wire(proxy.endpoint, self.centre.centre_key(), office.public_key, office.secret_key, options=options)
        client = Stubborn(connect, [submission(*(entry(COUNTY, f"{name}/{i}/{row}") for row in range(rows)))
                                    for i in range(count)], silence)
        client.name, client.count = name, count * rows
        self.addCleanup(client.close)
        return client

    def undisturbed(self):
        """An office with a line of its own, while the fault is on."""
        receipt = self.direct.submit(submission(entry(OTHER, f"direct/{os.urandom(9).hex()}")))
        self.assertIsInstance(receipt, pb.Receipt, receipt)
        total = self.direct.total(OTHER, 201301, 201312)
        self.assertGreaterEqual(total.as_of.seq, receipt.seq)

    def check_stored(self, identity, seq, digest, time_us):
        self.assertEqual(self.centre.sql(
            "SELECT seq, encode(digest, 'hex'), (extract(epoch FROM recorded_at) * 1000000)::bigint FROM submission "
            "WHERE encode(uuid_send(id), 'hex') = %s", identity), [(seq, digest, time_us)])

    def stored(self, pattern):
        return self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher LIKE %s", pattern)[0][0]

    def check_vouchers(self, pattern, count):
        self.assertEqual(self.stored(pattern), count)

    def finish(self, clients):
        """Everybody ends by himself, and the database has what the receipts say."""
        wires = [c for c in clients if isinstance(c, Stubborn)]
        wait_for("receipts on the wire", lambda: all([c.step() for c in wires]), 90)
        for client in wires:
            for receipt in client.receipts.values():
                self.check_stored(receipt.id.hex(), receipt.seq, receipt.digest.hex(), receipt.time_us)
            self.check_vouchers(client.name + "/%", client.count)
        for client in clients:
            if isinstance(client, Program):
                client.finish()


class SlowLine(NetworkTest):
    """Everything arrives, late."""

    def test_delay_both_ways(self):
        proxy = self.proxy(up_delay_s=0.15, down_delay_s=0.15)
        # Nobody loses patience: the line is late, and never given up.
        clients = [Program(self, "delay", proxy, silence=300).start(), self.stubborn("delay-wire", proxy, silence=300)]
        clients[1].step()
        self.undisturbed()
        self.assertFalse(clients[0].is_done())
        self.finish(clients)
        self.assertEqual((proxy.cuts, proxy.connections), (0, 3))  # the program's, its status', the wire's

    def test_one_byte_at_a_time(self):
        proxy = self.proxy(up_piece=1, down_piece=1)
        clients = [Program(self, "trickle", proxy, sheets=2).start(), self.stubborn("trickle-wire", proxy, 2, silence=10)]
        clients[1].step()
        self.undisturbed()
        self.finish(clients)

    def test_answer_that_takes_longer_than_the_client_waits(self):
        """The line moves all the time, but slowly: the units and forms need nearly twice as long as it bears silence."""
        proxy = self.proxy(down_bytes_per_s=6000 // SILENCE)
        program = Program(self, "slow-down", proxy, sheets=1).start()
        proxy.wait("the program", lambda p: p.connections)
        self.undisturbed()
        self.finish([program])

    def test_submission_that_takes_longer_than_the_client_waits(self):
        """A year's sheet over a line that needs nearly twice as long for it as it bears silence."""
        proxy = self.proxy(up_bytes_per_s=100_000 // SILENCE)
        program = Program(self, "slow-up", proxy, sheets=1, rows=4000).start()
        proxy.wait("the program", lambda p: p.connections)
        self.undisturbed()
        self.finish([program])

    def test_heartbeats_do_not_get_through(self):
        """So slow that a frame takes longer than the heartbeat's time: libzmq gives the line up, and the frame with it."""
        proxy = self.proxy(up_bytes_per_s=5000)
        client = self.stubborn("heartbeat", proxy, 1, silence=1000, rows=1000,
                               options={"heartbeat_ivl": 200, "heartbeat_timeout": 600})
        client.step()
        proxy.wait("the line given up", lambda p: p.connections >= 2)
        self.assertFalse(client.step())
        self.undisturbed()
        self.mend()
        client.silence = 1.0
        self.finish([client])


class BrokenLine(NetworkTest):
    """It breaks, and comes about anew."""

    def break_lines(self, side, with_reset):
        clients = []
        for k in CUTS:
            name = f"cut-{side}-{k}-{'rst' if with_reset else 'fin'}"
            proxy = self.proxy(**{side + "_cut_after": k, "cut_with_reset": with_reset})
            clients += [Program(self, name, proxy).start(), self.stubborn(name + "-wire", proxy)]
        wires = clients[1::2]
        for proxy in self.proxies:
            wait_for("the cut", lambda p=proxy: [c.step() for c in wires] and p.cuts >= 2)
        self.undisturbed()
        self.mend()
        self.finish(clients)

    def test_cut_on_the_way_up(self):
        self.break_lines("up", False)

    def test_cut_on_the_way_down(self):
        self.break_lines("down", False)

    def test_reset_on_the_way_up(self):
        self.break_lines("up", True)

    def test_reset_on_the_way_down(self):
        self.break_lines("down", True)

    def test_reset_at_once(self):
        """No connection comes about at all; then it does."""
        proxy = self.proxy(refusing=True)
        clients = [Program(self, "refused", proxy).start(), self.stubborn("refused-wire", proxy)]
        clients[1].step()
        proxy.wait("attempts", lambda p: p.connections >= 5)
        self.undisturbed()
        self.mend()
        self.finish(clients)

    def test_line_that_breaks_again_and_again(self):
        """A few receipts get through each time: that has to be enough in the end, without any mending."""
        proxy = self.proxy(down_cut_after=2000)
        client = self.stubborn("again", proxy, 40, silence=0.5)
        client.step()
        self.undisturbed()
        self.finish([client])
        self.assertGreater(proxy.cuts, 1)


class Silence(NetworkTest):
    """It stands, and nothing arrives."""

    def frozen_database(self):
        """The database's writing process holds still until the function that this returns is called."""
        with open(os.path.join(self.centre.data, "pg", "postmaster.pid"), encoding="utf-8") as file:
            postmaster = int(file.readline())
        backend = self.centre.writer()
        self.assertIn(backend, children_of(postmaster))
        os.kill(backend, signal.SIGSTOP)
        self.addCleanup(os.kill, backend, signal.SIGCONT)
        return lambda: os.kill(backend, signal.SIGCONT)

    def fall_silent(self, name, **faults):
        """A program and a client on the wire, both behind one proxy, whose submissions are committed just after the
        line fell silent by `faults`."""
        proxy = self.proxy()
        clients = [Program(self, name, proxy), self.stubborn(name + "-wire", proxy, silence=2)]
        go_on = self.frozen_database()
        clients[1].step()
        wait_for("the wire's submissions", lambda: self.direct.ping().waiting == SHEETS)
        # The program sends its own again whenever the centre has been silent for long: from here on more may wait.
        clients[0].start()
        wait_for("the program's", lambda: self.direct.ping().waiting >= 2 * SHEETS)
        proxy.change(**faults)
        go_on()
        wait_for("the commit", lambda: self.stored(name + "%") == 2 * SHEETS)
        self.undisturbed()
        self.assertFalse(clients[0].is_done())
        self.assertFalse(clients[1].step())
        return proxy, clients

    def finish_with_first_receipts(self, clients):
        before = self.centre.sql("SELECT max(seq) FROM submission")[0][0]
        self.finish(clients)
        self.assertEqual(self.centre.sql("SELECT max(seq) FROM submission")[0][0], before, "stored a second time")

    def test_receipts_that_do_not_arrive(self):
        """Only the way back is silent; then the line breaks, and what was in it is lost."""
        proxy, clients = self.fall_silent("swallowed", down_blocked=True)
        proxy.break_all()
        self.mend()
        self.finish_with_first_receipts(clients)

    def test_half_open(self):
        """Nothing moves, and nobody is told: both clients give the line up and begin anew by themselves."""
        proxy, clients = self.fall_silent("half-open", up_blocked=True, down_blocked=True)
        wait_for("new connections of both", lambda: clients[1].step() or clients[1].connections > 1 and
                 proxy.connections >= 2 + clients[1].connections)
        self.mend()
        self.finish_with_first_receipts(clients)

    def test_answers_that_nobody_reads(self):
        """An office asks and asks over several lines and reads nothing: the centre keeps 8 MiB, not all.
        Others notice nothing, and as soon as it reads it is answered again."""
        question = pb.Request(catalogue=pb.CatalogueQuery(units=True, forms=True))
        other_line = self.centre.wire("province")
        wires = [self.centre.wire("province", options={"rcvhwm": 1, "rcvbuf": 4096}) for _ in range(UNREAD_LINES)]
        for _ in range(UNREAD_ROUNDS):
            for wire in wires * UNREAD_QUESTIONS:
                wire.send(question)
            other_line.ping()  # behind the questions: no more than 256 wait
        wait_for("a refusal", lambda: "office=province code=BUSY" in self.centre.log())
        self.undisturbed()
        replies = [wire.receive(timeout=60) for wire in wires for _ in range(UNREAD_ROUNDS * UNREAD_QUESTIONS)]
        refusals = [reply.refusal for reply in replies if reply.WhichOneof("body") != "catalogue"]
        self.assertTrue(refusals)
        for refusal in refusals:
            self.assertEqual(codes(refusal), ["BUSY"])
            self.assertTrue(refusal.retry_after_ms)
        for wire in wires:
            self.assertEqual(len(wire.ask(question).catalogue.units), len(self.catalogue.units))


class Twice(NetworkTest):
    """The same over two lines, or by two programs."""

    def test_same_submission_over_two_lines(self):
        """One line is slow, the other quick, then both at once: one commit, and all hear of the same."""
        slow, quick = self.proxy(up_delay_s=0.5), self.proxy()
        first, second = self.stubborn("two-lines", slow, 30, silence=10), self.stubborn("two-lines", quick, 30, silence=10)
        second.open = dict(first.open)
        first.step()
        second.step()
        self.undisturbed()
        self.finish([first, second])
        self.assertEqual({i: r.SerializeToString() for i, r in first.receipts.items()},
                         {i: r.SerializeToString() for i, r in second.receipts.items()})

    def test_late_bytes_of_a_line_given_up(self):
        """The client has its receipts by another line when the first line's bytes arrive after all."""
        proxy = self.proxy()
        client = self.stubborn("late", proxy, silence=1000)
        proxy_wire = client.connect()
        proxy_wire.ping()
        client.wire, client.connections, client.heard = proxy_wire, 1, float("inf")
        proxy.change(up_blocked=True)
        for data in client.open.values():
            proxy_wire.send(pb.Request(submit=pb.Submit(submission=data)))
        sent = dict(client.open)
        other = self.stubborn("late", self.proxy())
        other.open = sent
        self.finish([other])
        before = self.centre.sql("SELECT max(seq) FROM submission")[0][0]
        proxy.mend()
        self.finish([client])
        self.assertEqual(client.receipts, other.receipts)
        self.assertEqual(self.centre.sql("SELECT max(seq) FROM submission")[0][0], before)
        self.undisturbed()

    def test_program_twice_on_one_outbox(self):
        """A clerk who starts it again while the first still waits: each submission once."""
        proxy = self.proxy(up_delay_s=0.1, down_delay_s=0.1)
        first = Program(self, "twice", proxy)
        second = copy.copy(first)
        first.start()
        second.start()
        self.undisturbed()
        self.finish([first, second])


if __name__ == "__main__":
    unittest.main()
