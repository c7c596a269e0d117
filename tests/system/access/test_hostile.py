"""Peers that do what no program of ours does: what each can take of the centre's memory, descriptors and disk, and how
long an honest office waits meanwhile. The figures are printed; what is asserted are bounds that are written down
(bounds.h, PROTOCOL.md), and answers. Nothing is measured against a clock but generously."""
import os
import socket
import time
import unittest

import zmq

import documents
from harness import SLOW, Centre, CentreTest, entry, pb, report, submission, wait_for
from wire import NoAnswer, Wire, codes

COUNTY, OTHER, PROVINCE = 220122, 222403, 22
MIB = 1 << 20
LINES_KEY_MAX = 32      # bounds.h
LINE_BYTES_MAX = 3 * MIB
HONEST = 60             # questions of an honest office, of which the slowest but one is its p99 or worse


def memory(pid, what="VmRSS"):
    """Bytes of a process: VmRSS, or the most that there were, VmHWM."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith(what + ":"))


def forget_most(pid):
    """VmHWM begins anew."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="utf-8") as file:
        file.write("5")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def p99(seconds):
    return sorted(seconds)[-max(1, len(seconds) // 100)]


def waits(wire, times=HONEST, between=lambda i: None):
    """Seconds that an honest office waits for each of its answers; `between` is done before each."""
    found = []
    for i in range(times):
        between(i)
        begun = time.monotonic()
        assert wire.ping().store_ready
        found.append(time.monotonic() - begun)
    return found


def fields_of(descriptor, path=()):
    """Every field of a message that is no message itself, with its way there."""
    for field in descriptor.fields:
        if field.message_type:
            if field.message_type.full_name not in [f.message_type.full_name for f in path]:
                yield from fields_of(field.message_type, path + (field,))
        else:
            yield path + (field,)


def filled(message, way, value):
    """The message, with this one field set; a field that has many has it twice."""
    for field in way[:-1]:
        repeated = field.label == field.LABEL_REPEATED
        message = getattr(message, field.name).add() if repeated else getattr(message, field.name)
        if not repeated:
            message.SetInParent()
    last = way[-1]
    if last.label == last.LABEL_REPEATED:
        getattr(message, last.name).extend([value, value])
    else:
        setattr(message, last.name, value)


EXTREMES = {"uint32": (2**32 - 1, 2**31, 999999), "uint64": (2**64 - 1, 2**63, 10**12), "int32": (-2**31, 2**31 - 1, -1),
            "sint64": (-2**63, 2**63 - 1, -1), "int64": (-2**63, 2**63 - 1, 2**62, -1), "enum": (-1, -2**31, 2**31 - 1, 99), "bool": (True,),
            "bytes": (b"\xff\xfe", b"\xe5\x87", b"a\0b", b"\x1b[2J", b"x" * 70000), "string": ("x" * 70000,)}
KINDS = {getattr(pb.Request.DESCRIPTOR.fields[0], "TYPE_" + name.upper()): values for name, values in EXTREMES.items()}


class Hostile(CentreTest):
    def setUp(self):
        self.pid = self.centre.process.pid
        self.honest = self.centre.wire(f"county-{OTHER}")
        self.alone = waits(self.honest)

    def tearDown(self):
        self.assertTrue(self.honest.ping().store_ready)
        self.centre.check_log()

    def tell(self, what, waited, **figures):
        words = " ".join(f"{name}={value}" for name, value in figures.items())
        print(f"hostile {what}: {words} honest_p99_ms={p99(waited) * 1000:.1f} alone_p99_ms={p99(self.alone) * 1000:.1f}",
              flush=True)

    def line(self, name=f"county-{COUNTY}", **options):
        """A connection that nobody closes for us."""
        office = self.centre.offices[name]
        wire = Wire(self.centre.endpoint, self.centre.centre_key(), office.public_key, office.secret_key, options=options)
        self.addCleanup(wire.close)
        return wire

    # ---------------------------------------------------------------- memory

    def test_a_message_of_many_frames_is_cut(self):
        """600 frames of 1 MiB: libzmq gathers them all before anybody sees one."""
        hostile = self.line(sndhwm=0)
        hostile.ping()
        forget_most(self.pid)
        before, lost = memory(self.pid), hostile.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        frame = zmq.Frame(b"\0" * MIB)
        for _ in range(600):
            hostile.socket.send(frame, zmq.SNDMORE, copy=False)
        hostile.socket.send(b"")
        waited = waits(self.honest, between=lambda i: None)
        self.assertTrue(lost.poll(60000 * SLOW), "the line stood")
        most = memory(self.pid, "VmHWM") - before
        self.tell("many frames", waited, memory_mib=most // MIB)
        self.assertLess(most, 200 * MIB)
        wait_for("the memory", lambda: memory(self.pid) - before < 32 * MIB)
        self.assertTrue("event=line_cut why=message address=127.0.0.1 key=" in self.centre.log())

    def test_large_frames_that_are_whole_are_served(self):
        """The same bytes as messages: a slow reader or a busy centre cuts nobody off."""
        wire = self.line(sndhwm=0)
        for _ in range(100):
            wire.send_raw(b"\xff" * (3 * MIB // 2))
        for _ in range(100):
            self.assertEqual(codes(wire.receive(60).refusal), ["MALFORMED"])


    # ---------------------------------------------------------------- descriptors

    def test_a_key_has_so_many_lines(self):
        """260 of one county: some stand, the others come again and again in vain, and everybody else is let in."""
        before, used = descriptors(self.pid), processor_seconds(self.pid)
        lines = [self.line() for _ in range(260)]
        ping = pb.Request(request_id=1, ping=pb.Ping()).SerializeToString()
        for wire in lines:
            wire.socket.send(ping)

        def served():
            return sum(bool(wire.socket.poll(0)) for wire in lines)
        wait_for("as many lines as a key may have", lambda: served() == LINES_KEY_MAX)
        wait_for("the log's line", lambda: "event=lines_too_many" in self.centre.log())
        begun = time.monotonic()
        waited = waits(self.honest) + waits(self.centre.wire("prefecture-2201"), 5)
        # Handshakes of those that come again are what they cost.
        share = (processor_seconds(self.pid) - used) / max(time.monotonic() - begun, 0.001)
        self.tell("lines of one key", waited, served=served(), descriptors=descriptors(self.pid) - before,
                  processor=f"{share:.2f}")
        self.assertEqual(served(), LINES_KEY_MAX)
        for wire in lines:
            wire.close()
        self.assertTrue(self.line().ping().store_ready)  # what was given back is there again

    # ---------------------------------------------------------------- who an answer is for

    def test_a_routing_id_that_was_set_is_not_served(self):
        for name in (b"mine", b"\x01\x02\x03\x04\x05", b"x" * 200):
            with self.subTest(name=name):
                hostile = self.line(routing_id=name, reconnect_ivl=-1)
                lost = hostile.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
                hostile.send(pb.Request(ping=pb.Ping()))
                self.assertTrue(lost.poll(20000 * SLOW), "the line stood")
                self.assertRaises(NoAnswer, hostile.receive, 0)
        self.assertTrue("event=line_cut why=routing_id" in self.centre.log())

    def test_who_takes_an_id_gets_nothing_that_was_another_ones(self):
        """A watch of an office that went away, under an id that it set; the next one under that id hears nothing of it."""
        watch = pb.Request(watch=pb.Watch(query=pb.TotalQuery(unit=OTHER, to=201312)))
        setattr(watch.watch.query, "from", 201301)
        first = self.line(f"county-{OTHER}", routing_id=b"office", reconnect_ivl=-1)
        first.send(watch)
        self.assertRaises(NoAnswer, first.receive, 1)
        first.close()
        second = self.line(routing_id=b"office", reconnect_ivl=-1)
        self.honest.submit(submission(entry(OTHER, f"id/{os.urandom(9).hex()}")))
        self.assertRaises(NoAnswer, second.receive, 1)

    def test_a_refused_watch_pushes_nothing(self):
        wire = self.line(f"county-{OTHER}")

        def watch():
            request = pb.Request(watch=pb.Watch(query=pb.TotalQuery(unit=OTHER, to=201312)))
            setattr(request.watch.query, "from", 201301)
            return wire.ask(request)
        for _ in range(16):
            self.assertEqual(watch().WhichOneof("body"), "total")
        wire.send(pb.Request(watch=pb.Watch()))  # no query: refused, too, and the answers stay in order
        self.assertEqual(codes(wire.receive().refusal), ["MALFORMED"])
        self.assertEqual(codes(watch().refusal), ["WATCHES_TOO_MANY"])
        wire.send(pb.Request(ping=pb.Ping()))
        self.assertEqual(wire.receive().WhichOneof("body"), "pong")
        # Those of a line that is gone make room.
        wire.close()
        other = self.line(f"county-{OTHER}")
        request = pb.Request(watch=pb.Watch(query=pb.TotalQuery(unit=OTHER, to=201312)))
        setattr(request.watch.query, "from", 201301)
        wait_for("room for a watch", lambda: other.ask(request).WhichOneof("body") == "total")

    # ---------------------------------------------------------------- numbers and texts

    def refused_or_answered(self, wire, request, what):
        """Whatever it says, it is answered by what everybody can read, and not by "ask again"."""
        reply = wire.ask(request)
        self.assertTrue(reply.WhichOneof("body"), what)
        self.assertEqual(reply.refusal.retry_after_ms, 0, f"{what}: {codes(reply.refusal)}")

    def test_any_number_and_any_text_in_a_question(self):
        """Each field of each request, with numbers that no enum, date or count has, and bytes that are no text."""
        wires = [self.line("province"), self.line()]
        skipped, count = {"submit", "ack", "carry", "reload", "watch", "set_clock"}, 0
        for body in pb.Request.DESCRIPTOR.oneofs_by_name["body"].fields:
            if body.name in skipped:
                continue
            for way in fields_of(body.message_type, (body,)):
                for value in KINDS[way[-1].type]:
                    request = pb.Request()
                    getattr(request, body.name).SetInParent()
                    if "unit" in body.message_type.fields_by_name:
                        getattr(request, body.name).unit = COUNTY
                    for name, month in (("from", 201301), ("to", 201312)):
                        if name in body.message_type.fields_by_name:
                            setattr(getattr(request, body.name), name, month)
                    filled(request, way, value)
                    self.refused_or_answered(wires[count % 2], request, [f.name for f in way] + [str(value)[:20]])
                    count += 1
        self.assertGreater(count, 300)

    def test_any_number_and_any_text_in_a_submission(self):
        wires, count = [self.line("province"), self.line()], 0
        rows = dict(reports=dict(unit=COUNTY, period=201304, form=1, form_version=1),
                    fund_entries=dict(unit=COUNTY, kind=pb.RAISED, voucher=b"x", occurred=20130415, source=5, amount_fen=1),
                    extensions=dict(unit=COUNTY, period=201304, form=1, event=pb.DUE, reason=b"x"),
                    reviews=dict(unit=COUNTY, period=201304, form=1, revision=1, decision=pb.RETURN), targets=dict(unit=2201, year=2013),
                    documents=dict(unit=COUNTY, kind=1, type=pb.PDF, size=1, digest=b"d" * 32, name=b"x"),
                    projects=dict(unit=COUNTY, code=b"x", step=pb.REGISTER, occurred=20130415))
        for field in pb.Submission.DESCRIPTOR.fields:
            if not field.message_type:
                continue
            for way in fields_of(field.message_type):
                for value in KINDS[way[-1].type]:
                    data = submission()
                    row = getattr(data, field.name).add(**rows[field.name])
                    filled(row, way, value)
                    request = pb.Request(submit=pb.Submit(submission=data.SerializeToString()))
                    self.refused_or_answered(wires[count % 2], request, [field.name] + [f.name for f in way] + [str(value)[:20]])
                    count += 1
        self.assertGreater(count, 150)

    # ---------------------------------------------------------------- storage

    def test_bytes_that_are_thrown_away_are_few(self):
        """A file offered again and again with another size, and files with wrong bytes: a county's share, then no more."""
        wire = self.line()
        used = self.centre.sql("SELECT pg_total_relation_size('document_part')")[0][0]
        sent, refused, waited = 0, None, []
        for kind in ("another size", "wrong bytes"):
            for i in range(40):
                data = os.urandom(8) * (MIB // 2)  # 4 MiB
                size = len(data) + (i if kind == "another size" else 0)
                changed = dict(size=size, digest=b"d" * 32 if kind == "another size" else os.urandom(32))
                answer = documents.ask(wire, documents.upload(data, **changed))
                for offset in documents.parts(data):
                    if isinstance(answer, pb.Refusal):
                        break
                    answer = documents.ask(wire, documents.upload(data, offset, **changed))
                    sent += documents.PART
                if isinstance(answer, pb.Refusal) and codes(answer) != ["FILE_DIGEST_WRONG"]:
                    break
                waited += waits(self.honest, 1)
            self.assertEqual(codes(answer), ["UPLOADS_TOO_MANY"])
            self.assertGreater(answer.retry_after_ms, 0)
            if kind == "another size":
                self.assertLess(sent, 100 * MIB)
                refused = sent
        self.assertEqual(sent, refused)  # what was thrown away counts, whatever it was
        grown = self.centre.sql("SELECT pg_total_relation_size('document_part')")[0][0] - used
        self.tell("thrown away", waited, sent_mib=sent // MIB, storage_mib=grown // MIB)
        self.assertLess(grown, 100 * MIB)
        # Another county goes on.
        good = b"%PDF-1.4 " + os.urandom(100000) + b"\n%%EOF\n"
        self.assertTrue(documents.send_all(self.honest, good, unit=OTHER).whole)

    # ---------------------------------------------------------------- questions about the past

    def test_who_asks_about_the_past_waits_behind_himself(self):
        """Four offices with eight questions each, which the database keeps waiting; then a fifth with one."""
        first = self.honest.submit(submission(entry(OTHER, f"past/{os.urandom(9).hex()}"))).seq
        for _ in range(3):
            last = self.honest.submit(submission(entry(OTHER, f"past/{os.urandom(9).hex()}"))).seq
        askers = [self.centre.wire(name) for name in ("province", "prefecture-2201", f"county-{COUNTY}", "county-220112")]
        units, before = (PROVINCE, 2201, COUNTY, 220112), 0
        # Whoever is served in order sees all 32 before the fifth's, each time; a reader that is slow to look sees that now
        # and then.
        for _ in range(100):
            holder = self.centre.lock("LOCK TABLE submission IN ACCESS EXCLUSIVE MODE")
            for wire, unit in zip(askers, units):
                for i in range(8):
                    wire.send(self.past(unit, first + i % (last - first)))
                wire.ping()  # they were taken
            asked = self.honest.send(self.past(OTHER, first))
            self.honest.send(pb.Request(ping=pb.Ping()))
            self.assertEqual(self.honest.receive().WhichOneof("body"), "pong")
            begun = time.monotonic()
            holder.close()
            reply = self.honest.receive(60)
            waited = time.monotonic() - begun
            self.assertEqual((reply.request_id, reply.WhichOneof("body")), (asked, "total"))
            before = sum(self.take(wire) for wire in askers)
            for wire, count in zip(askers, [8] * 4):
                wire.ping()
            if before <= 16:
                break
        self.tell("the past", [waited], answers_before=before, of=32)
        self.assertLessEqual(before, 16)

    @staticmethod
    def past(unit, seq):
        query = pb.TotalQuery(unit=unit, to=201312, as_of=pb.AsOf(seq=seq))
        setattr(query, "from", 201301)
        return pb.Request(total=query)

    @staticmethod
    def take(wire):
        """Answers that are there."""
        count = 0
        while wire.socket.poll(0):
            wire.receive()
            count += 1
        return count


class FewDescriptors(unittest.TestCase):
    """A centre that may have 512, as if it were a large one with 64 times as many strangers."""

    MOST = 512

    class Centre(Centre):
        def words(self, command):
            most = FewDescriptors.MOST
            return (["prlimit", f"--nofile={most}:{most}"] if command == "serve" else []) + super().words(command)

    def test_strangers_leave_some(self):
        centre = self.Centre(offices=("admin", f"county-{COUNTY}", f"county-{OTHER}")).start()
        self.addCleanup(centre.stop)
        honest = centre.wire(f"county-{OTHER}")
        alone, pid = waits(honest), centre.process.pid
        host, port = centre.endpoint.removeprefix("tcp://").rsplit(":", 1)
        strangers, most = [], 0
        self.addCleanup(lambda: [s.close() for s in strangers])
        for _ in range(2 * self.MOST):
            strangers.append(socket.create_connection((host, int(port)), 20))
            most = max(most, descriptors(pid))
        waited = waits(honest)
        office = waits(centre.wire(f"county-{COUNTY}"), 5)  # it is let in meanwhile
        used, begun = processor_seconds(pid), time.monotonic()
        wait_for("a second", lambda: honest.ping() and time.monotonic() - begun >= 1)
        share = (processor_seconds(pid) - used) / (time.monotonic() - begun)
        print(f"hostile strangers: descriptors={most} of={self.MOST} processor={share:.2f} honest_p99_ms={p99(waited) * 1000:.1f} "
              f"alone_p99_ms={p99(alone) * 1000:.1f} new_office_ms={max(office) * 1000:.1f}", flush=True)
        self.assertLess(most, self.MOST)
        self.assertLess(share, 0.5 * SLOW)  # no accept() that fails again and again
        self.assertTrue("event=line_cut why=descriptors" in centre.log())
        centre.check_log()


if __name__ == "__main__":
    unittest.main()
