"""The centre as a stranger sees it: pyzmq, protoc's output and PROTOCOL.md, none of fupin's own code."""
import socket
import unittest
from contextlib import contextmanager

import zmq

from harness import Centre, CentreTest, entry, pb, report, submission, wait_for
from wire import NoAnswer, Wire, codes, digest, uuid7

COUNTY, PREFECTURE, PROVINCE, VILLAGE = 220122, 2201, 22, 220122101901
UNKNOWN_FIELD = b"\xa0\x06\x01"  # field 100, varint 1
SHORT = 0.5  # seconds in which an answer that must not come would have come


def with_unknown(message):
    """The same message with a field that no version has; protobuf keeps it when it serialises."""
    return type(message).FromString(message.SerializeToString() + UNKNOWN_FIELD)


@contextmanager
def events_of(zmq_socket, events):
    """A socket on which these events of another one are told."""
    monitor = zmq_socket.get_monitor_socket(events)
    yield monitor
    zmq_socket.disable_monitor()
    monitor.close(0)


class InteropTest(CentreTest):
    def setUp(self):
        self.wire = self.centre.wire("county-220122")
        self.province = self.centre.wire("province")

    def refusal(self, request, wire=None):
        """The only problem of the request's refusal."""
        reply = (wire or self.wire).ask(request)
        self.assertEqual(reply.WhichOneof("body"), "refusal", reply)
        self.assertEqual(len(reply.refusal.problems), 1)
        return reply.refusal.problems[0]

    def people(self, unit, by=0, month=201301, wire=None):
        """The answer for people_lifted of one month."""
        return (wire or self.province).total(unit, month, month, by, indicators=[self.numbers["people_lifted"]])

    def submit_request(self, sent):
        data = sent if isinstance(sent, bytes) else sent.SerializeToString()
        return pb.Request(submit=pb.Submit(submission=data))


class Hello(InteropTest):
    def hello(self, **fields):
        return pb.Request(hello=pb.Hello(**fields))

    def test_welcome(self):
        before = self.wire.ping()
        welcome = self.wire.ask(self.hello(protocol=1, software="interop")).welcome
        self.assertEqual((welcome.protocol, welcome.protocol_oldest), (1, 1))
        self.assertEqual((welcome.principal, welcome.role, welcome.unit),
                         ("county-220122", pb.ROLE_COUNTY, COUNTY))
        self.assertEqual((welcome.limits.submission_rows, welcome.limits.frame_bytes,
                          welcome.limits.credit_window, welcome.limits.problems), (5000, 1572864, 64, 100))
        self.assertLess(0, welcome.time_us - before.time_us)
        self.assertLess(welcome.time_us - before.time_us, 60 * 10**6)
        self.assertRegex(welcome.software, r"^fupind \d")
        self.assertTrue(welcome.plan and welcome.title_zh and welcome.title_en)

    def test_older_client_is_told_to_update(self):
        problem = self.refusal(self.hello(protocol=0))
        self.assertEqual(problem.code, pb.VERSION_UNSUPPORTED)
        self.assertEqual((problem.actual, problem.limit), (0, 1))
        self.assertIn("update", problem.text)

    def test_newer_client_is_answered_with_the_centres_version(self):
        self.assertEqual(self.wire.ask(self.hello(protocol=99)).welcome.protocol, 1)
        newer = pb.Request(hello=with_unknown(pb.Hello(protocol=99)))
        self.assertEqual(self.wire.ask(newer).welcome.protocol, 1)

    def test_name_of_the_software_has_a_limit(self):
        self.assertTrue(self.wire.ask(self.hello(protocol=1, software="x" * 64)).HasField("welcome"))
        self.assertEqual(self.refusal(self.hello(protocol=1, software="x" * 65)).code, pb.MALFORMED)


class Reading(InteropTest):
    def test_catalogue_has_the_scope_and_the_units_above(self):
        catalogue = self.wire.catalogue()
        codes_seen = {unit.code for unit in catalogue.units}
        self.assertLessEqual({PROVINCE, PREFECTURE, COUNTY}, codes_seen)
        for code in codes_seen:
            self.assertTrue(str(code).startswith(str(COUNTY)) or str(COUNTY).startswith(str(code)), code)
        self.assertEqual(len(self.catalogue.units), 453)
        self.assertEqual({form.number for form in catalogue.forms}, {v.form for v in catalogue.versions})
        self.assertEqual(len(catalogue.indicators), len(self.catalogue.indicators))
        self.assertTrue(catalogue.sources and catalogue.uses)
        self.assertTrue(self.catalogue.targets)
        nothing = self.wire.ask(pb.Request(catalogue=pb.CatalogueQuery())).catalogue
        self.assertEqual((len(nothing.units), len(nothing.forms), nothing.plan), (0, 0, catalogue.plan))

    def test_ping(self):
        pong = self.wire.ping()
        self.assertTrue(pong.store_ready)
        self.assertEqual(pong.waiting, 0)

    def test_county_may_not_read_its_neighbour(self):
        query = pb.TotalQuery(unit=220112, to=201301)
        setattr(query, "from", 201301)
        self.assertEqual(self.refusal(pb.Request(total=query)).code, pb.UNIT_OUT_OF_SCOPE)

    def test_a_stock_is_the_latest_months(self):
        """By the month that is reported, whenever it was committed; a report without the indicator changes nothing."""
        def stands(month):
            unit = self.wire.total(COUNTY, 201301, month, indicators=[self.numbers["households_drawn"]]).units[0]
            return unit.values[0], unit.reported[0]

        def send(month, replaces=0, **figures):
            self.assertIsInstance(self.wire.submit(submission(report(self.numbers, COUNTY, month, replaces=replaces, **figures))), pb.Receipt)
        send(201309, households_drawn=7)
        send(201308, households_drawn=3)
        self.assertEqual((stands(201308), stands(201309), stands(201310)), ((3, 1), (7, 1), (7, 1)))
        send(201310)
        self.assertEqual(stands(201310), (7, 1))
        send(201309, 1)
        self.assertEqual(stands(201310), (3, 1))

    def test_pages_of_projects(self):
        """`next` is the last one listed, as code@owner whatever it is called; an `after` of one's own may name none."""
        plan = pb.ProjectPlan(name=b"n", kind=1, leader=COUNTY, begins=20130601, ends=20130930,
                              budgets=[pb.ProjectBudget(source=1, amount_fen=1)])
        names = [f"p-{i}" for i in range(3)]
        rows = [pb.ProjectRow(unit=COUNTY, code=name.encode(), step=pb.REGISTER, occurred=20130301, document=b"d", plan=plan)
                for name in names]
        self.assertIsInstance(self.wire.submit(pb.Submission(id=uuid7(), projects=rows)), pb.Receipt)

        def ask(limit=0, **after):
            query = pb.ProjectQuery(unit=COUNTY, limit=limit)
            if after:
                query.after.CopyFrom(pb.ProjectKey(**after))
            return self.wire.ask(pb.Request(projects=query)).projects
        found, page = [], ask(1)
        while page.HasField("next"):
            item, = page.items
            self.assertEqual((page.next.unit, page.next.code), (item.unit, item.code + f"@{item.owner}".encode()))
            found.append(item.code)
            page = ask(1, unit=page.next.unit, code=page.next.code)
        self.assertEqual([code.decode() for code in found + [item.code for item in page.items]], names)
        for code, behind in (("p-0", names[1:]), (f"p-0@{COUNTY}", names[1:]), ("p-", names), ("p-00", names[1:]), ("p-9", [])):
            self.assertEqual([item.code.decode() for item in ask(unit=COUNTY, code=code.encode()).items], behind, code)

    def test_names_in_an_invitation(self):
        admin = self.centre.wire("admin")

        def invite(name):
            return pb.Request(invite=pb.Invite(secret_hash=uuid7() * 2, guest_key=uuid7() * 2, unit=COUNTY, role=pb.ROLE_COUNTY,
                                               name=name, hours=1))

        def code(name):
            return pb.ProblemCode.Name(self.refusal(invite(name), admin).code)
        key = self.centre.offices["admin"].public_key.encode()
        self.assertEqual([code(name) for name in (b"n" * 65, b"\xff", b"a\nb", b"", key)],
                         ["MALFORMED"] * 3 + ["INVITATION_INVALID"] * 2)
        self.assertEqual(admin.ask(invite(b"n" * 64)).enrolment.state, pb.ENROLMENT_INVITED)

    def test_reload_is_the_administrators(self):
        self.assertEqual(self.refusal(pb.Request(reload=pb.Reload())).code, pb.NOT_PERMITTED)
        reloaded = self.centre.wire("admin").ask(pb.Request(reload=pb.Reload())).reloaded
        self.assertGreater(reloaded.principals, 0)


class Submitting(InteropTest):
    def test_submit_correct_status_and_the_same_again(self):
        number = self.numbers["people_lifted"]
        first = submission(report(self.numbers, COUNTY, 201302, people_lifted=40), entry(COUNTY, "interop-1"))
        data = first.SerializeToString()
        receipt = self.wire.submit(data)
        self.assertEqual((receipt.id, receipt.digest), (first.id, digest(data)))
        self.assertEqual((receipt.reports, receipt.fund_entries), (1, 1))
        correction = submission(report(self.numbers, COUNTY, 201302, replaces=1, people_lifted=25))
        later = self.wire.submit(correction)
        self.assertGreater(later.seq, receipt.seq)
        self.assertGreaterEqual(later.time_us, receipt.time_us)
        self.assertEqual(self.wire.submit(data), receipt)  # also after the correction
        status = self.wire.ask(pb.Request(status=pb.StatusQuery(id=first.id))).status
        self.assertEqual((status.id, status.state, status.receipt), (first.id, pb.COMMITTED, receipt))
        nothing = self.wire.ask(pb.Request(status=pb.StatusQuery(id=uuid7()))).status
        self.assertEqual(nothing.state, pb.UNKNOWN)
        self.assertFalse(nothing.HasField("receipt"))
        unit = self.wire.total(COUNTY, 201302, 201302, indicators=[number]).units[0]
        self.assertEqual((unit.values[0], unit.reported[0]), (25, 1))

    def test_a_document_and_its_file(self):
        kind = self.province.catalogue().document_kinds[0]
        data = b"%PDF-1.7\n" + bytes(range(256)) * 2000
        about = dict(unit=COUNTY, digest=digest(data), size=len(data), type=pb.PDF)
        state = self.wire.ask(pb.Request(upload=pb.Upload(**about))).uploaded
        while not state.whole:
            part = data[state.received:state.received + 262144]
            state = self.wire.ask(pb.Request(upload=pb.Upload(offset=state.received, part=part, **about))).uploaded
        sent = pb.Submission(id=uuid7(), documents=[pb.Document(kind=kind.number, name="方案.pdf".encode(), **about)])
        receipt = self.wire.ask(self.submit_request(sent)).receipt
        self.assertEqual((receipt.id, receipt.others), (sent.id, 1))
        query = pb.DocumentQuery(unit=COUNTY, kinds=[kind.number])
        item = self.province.ask(pb.Request(documents=query)).documents.documents[0]
        self.assertEqual((item.key.version, item.seq, item.digest, item.due), (1, receipt.seq, digest(data), kind.due))
        got = b""
        while len(got) < item.size:
            got += self.province.ask(pb.Request(file=pb.FileQuery(key=item.key, offset=len(got)))).file.part
        self.assertEqual(got, data)

    def test_receipt_is_what_the_database_holds(self):
        sent = submission(entry(COUNTY, "interop-2", amount_fen=12345))
        receipt = self.wire.submit(sent)
        rows = self.centre.sql("SELECT seq, digest, report_count, entry_count FROM submission "
                               "WHERE encode(uuid_send(id), 'hex') = %s", sent.id.hex())
        self.assertEqual([(r[0], bytes(r[1]), r[2], r[3]) for r in rows],
                         [(receipt.seq, receipt.digest, 0, 1)])
        self.assertEqual(self.centre.sql("SELECT amount_fen FROM fund_entry WHERE voucher = 'interop-2'"),
                         [(12345,)])

    def test_all_levels_move_at_once(self):
        """Answers with one commit number agree, whatever their level, while reports come in."""
        month, units = 201303, (COUNTY, PREFECTURE, PROVINCE)
        seen = {}

        def look():
            for unit in units:
                answer = self.people(unit, month=month)
                value = answer.units[0].values[0]
                self.assertEqual(seen.setdefault(answer.as_of.seq, value), value)

        look()
        value_of = dict(seen)
        sent = {self.wire.send(self.submit_request(submission(report(
            self.numbers, COUNTY, month, replaces=i, people_lifted=10 * (i + 1))))): 10 * (i + 1) for i in range(30)}
        for _ in sent:
            reply = self.wire.receive()
            value_of[reply.receipt.seq] = sent[reply.request_id]
            look()
        self.assertEqual(seen, {seq: value_of[seq] for seq in seen})
        self.assertEqual(seen[max(value_of)], 300)

    def test_totals_by_level(self):
        self.wire.submit(submission(report(self.numbers, COUNTY, 201304, people_lifted=9)))
        for by, count in ((pb.PROVINCE, 1), (pb.PREFECTURE, 10), (pb.COUNTY, 61)):
            answer = self.people(PROVINCE, by, 201304)
            self.assertEqual(len(answer.units), count)
            self.assertEqual(sum(unit.values[0] for unit in answer.units), 9)
            self.assertEqual(sum(unit.reported[0] for unit in answer.units), 1)
        for by in (pb.TOWNSHIP, pb.VILLAGE):
            self.assertEqual(codes(self.people(PROVINCE, by, 201304)), ["LEVEL_INVALID"])

    def test_funds_of_the_levels_stand_apart(self):
        month, day = 201305, 20130506
        self.province.submit(submission(entry(PROVINCE, "raised-1", pb.RAISED, 1, 800, day),
                                        entry(PROVINCE, "down-1", pb.SENT_DOWN, 1, 700, day, counterparty=COUNTY)))
        self.wire.submit(submission(
            entry(COUNTY, "up-1", pb.RECEIVED, 1, 700, day, counterparty=PROVINCE, refers="down-1"),
            entry(COUNTY, "grant-1", pb.GRANTED, 1, 200, day, use=1, counterparty=VILLAGE),
            entry(COUNTY, "spent-1", pb.SPENT, 1, 500, day, use=1)))
        funds = self.province.total(PROVINCE, month, month, funds=True).units[0].funds
        self.assertEqual({(f.kind, f.level, f.source, f.use, f.amount_fen, f.entries) for f in funds}, {
            (pb.RAISED, pb.PROVINCE, 1, 0, 800, 1), (pb.SENT_DOWN, pb.PROVINCE, 1, 0, 700, 1), (pb.RECEIVED, pb.COUNTY, 1, 0, 700, 1),
            (pb.GRANTED, pb.COUNTY, 1, 1, 200, 1), (pb.SPENT, pb.COUNTY, 1, 1, 500, 1)})

    def test_many_requests_in_flight_are_answered_by_their_ids(self):
        expected = {}
        for i in range(16):
            query = pb.TotalQuery(unit=COUNTY, to=201301)
            setattr(query, "from", 201301)
            expected[self.wire.send(pb.Request(ping=pb.Ping()))] = "pong"
            expected[self.wire.send(pb.Request(total=query))] = "total"
            expected[self.wire.send(self.submit_request(submission(entry(COUNTY, f"flight-{i}"))))] = "receipt"
            expected[self.wire.send(self.submit_request(submission(entry(COUNTY, "-", source=99))))] = "refusal"
        replies = [self.wire.receive() for _ in expected]
        self.assertEqual({reply.request_id: reply.WhichOneof("body") for reply in replies}, expected)
        seqs = [reply.receipt.seq for reply in sorted(replies, key=lambda r: r.request_id)
                if reply.HasField("receipt")]
        self.assertEqual(seqs, list(range(seqs[0], seqs[0] + 16)))


    def test_request_id_is_copied_whatever_it_is(self):
        for number in (0, 1, 2**64 - 1, 1):
            self.wire.send_raw(pb.Request(request_id=number, ping=pb.Ping()).SerializeToString())
            self.assertEqual(self.wire.receive().request_id, number)

    def test_lines_of_one_office_get_their_own_answers(self):
        lines = [self.centre.wire("county-220122") for _ in range(4)]
        for number, line in enumerate(lines):
            line.last_id = 1000 * number
            line.send(pb.Request(ping=pb.Ping()))
        self.assertEqual([line.receive().request_id for line in lines], [1, 1001, 2001, 3001])

    def test_lost_receipt_is_got_by_sending_again(self):
        """The line ends before the answer; whether the centre had read the request is not known."""
        for i in range(10):
            sent = submission(entry(COUNTY, f"lost-{i}")).SerializeToString()
            line = self.centre.wire("county-220122")
            line.ping()
            line.send(self.submit_request(sent))
            line.close()
            receipt = self.wire.submit(sent)
            self.assertEqual(receipt.digest, digest(sent))
        rows = self.centre.sql("SELECT count(*), count(DISTINCT voucher) FROM fund_entry "
                               "WHERE left(voucher, 5) = 'lost-'")
        self.assertEqual(rows, [(10, 10)])


class Strange(InteropTest):
    """Requests of another version, or of no version."""

    def setUp(self):
        super().setUp()
        self.seq = self.wire.ping().as_of.seq

    def tearDown(self):
        self.assertEqual(self.wire.ping().as_of.seq, self.seq, "something was stored")

    def test_unknown_field_is_refused_wherever_it_stands(self):
        row = report(self.numbers, COUNTY, 201306, people_lifted=1)
        money = entry(COUNTY, "unknown-1")
        good = submission(row)
        query = pb.TotalQuery(unit=COUNTY, to=201301)
        setattr(query, "from", 201301)
        for request in (
                with_unknown(self.submit_request(good)),
                pb.Request(submit=with_unknown(pb.Submit(submission=good.SerializeToString()))),
                self.submit_request(with_unknown(good)),
                self.submit_request(submission(with_unknown(row))),
                self.submit_request(submission(with_unknown(money))),
                pb.Request(total=with_unknown(query)), pb.Request(watch=pb.Watch(query=with_unknown(query))),
                pb.Request(watch=with_unknown(pb.Watch(query=query))),
                with_unknown(pb.Request(ping=pb.Ping()))):
            with self.subTest(request=str(request)):
                problem = self.refusal(request)
                self.assertEqual((problem.code, problem.limit), (pb.FIELD_UNKNOWN, 1))
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher = 'unknown-1'"), [(0,)])

    def test_unknown_kind_of_request(self):
        self.wire.send_raw(pb.Request(request_id=77).SerializeToString() + b"\x92\x03\x00")  # field 50, empty
        reply = self.wire.receive()
        self.assertEqual(reply.request_id, 77)
        self.assertEqual(codes(reply.refusal), ["REQUEST_UNKNOWN"])
        self.assertEqual(self.refusal(pb.Request()).code, pb.REQUEST_UNKNOWN)

    def test_message_of_several_frames(self):
        request = pb.Request(request_id=5, ping=pb.Ping()).SerializeToString()
        for frames in ((b"", request), (request, b""), (request, request, request)):
            self.wire.send_raw(*frames)
            reply = self.wire.receive()
            self.assertEqual((reply.request_id, codes(reply.refusal)), (0, ["MALFORMED"]))

    def test_req_socket_gets_nothing_that_it_could_take_for_an_answer(self):
        """REQ waits for the delimiter that a Reply does not have; it must not harm anybody."""
        office = self.centre.offices["county-220122"]
        req = Wire.context.socket(zmq.REQ)
        self.addCleanup(req.close, 0)
        req.curve_serverkey = self.centre.centre_key().encode()
        req.curve_publickey, req.curve_secretkey = office.public_key.encode(), office.secret_key.encode()
        req.connect(self.centre.endpoint)
        req.send(pb.Request(request_id=6, ping=pb.Ping()).SerializeToString())
        self.assertFalse(req.poll(SHORT * 1000))

    def test_frames_that_are_no_request(self):
        whole = self.submit_request(submission(entry(COUNTY, "cut-1"))).SerializeToString()
        for frame in (b"\xff", b"\x08", b"not a request at all", whole[:-1], whole[:20], b"\x07" * 1000):
            with self.subTest(frame=frame):
                self.wire.send_raw(frame)
                self.assertEqual(codes(self.wire.receive().refusal), ["MALFORMED"])
        self.assertEqual(codes(self.wire.submit(b"\xff\xff")), ["MALFORMED"])
        self.wire.send_raw(b"")  # a Request without anything
        self.assertEqual(codes(self.wire.receive().refusal), ["REQUEST_UNKNOWN"])


class Intruders(InteropTest):
    """Peers that must not get in. The centre goes on for the others."""

    def setUp(self):
        super().setUp()
        _, _, port = self.centre.endpoint.rpartition(":")
        self.address = ("127.0.0.1", int(port))

    def tearDown(self):
        self.assertTrue(self.centre.wire("county-220122").ping().store_ready)

    def test_unknown_key_gets_no_answer_and_is_logged(self):
        public, secret = (key.decode() for key in zmq.curve_keypair())
        stranger = Wire(self.centre.endpoint, self.centre.centre_key(), public, secret, SHORT)
        self.addCleanup(stranger.close)
        self.assertRaises(NoAnswer, stranger.ping)
        wait_for("key_unknown", lambda: any("key_unknown" in line and public in line
                                            for line in self.centre.log().splitlines()))

    def test_key_of_another_centre_gets_no_answer(self):
        other, _ = zmq.curve_keypair()
        office = self.centre.offices["county-220122"]
        lost = Wire(self.centre.endpoint, other.decode(), office.public_key, office.secret_key, SHORT)
        self.addCleanup(lost.close)
        self.assertRaises(NoAnswer, lost.ping)

    def test_null_mechanism_gets_no_answer(self):
        plain = Wire.context.socket(zmq.DEALER)
        self.addCleanup(plain.close, 0)
        with events_of(plain, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_DISCONNECTED |
                       zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL) as failures:
            plain.connect(self.centre.endpoint)
            plain.send(pb.Request(request_id=1, ping=pb.Ping()).SerializeToString())
            self.assertTrue(failures.poll(20000), "the handshake did not fail")
        self.assertFalse(plain.poll(SHORT * 1000))

    def test_bytes_that_are_not_zmtp_close_the_line(self):
        for garbage in (b"GET / HTTP/1.1\r\nHost: centre\r\n\r\n", b"\0" * 4096, bytes(range(255)) * 64):
            with self.subTest(garbage=garbage[:20]), socket.create_connection(self.address, 20) as line:
                line.sendall(garbage)
                try:
                    while line.recv(4096):
                        pass
                except ConnectionResetError:
                    pass

    def test_frame_at_the_limit_is_read_and_one_above_closes_the_line(self):
        limit = self.wire.hello().limits.frame_bytes
        self.wire.send_raw(b"\xff" * limit)
        self.assertEqual(codes(self.wire.receive().refusal), ["MALFORMED"])
        with events_of(self.wire.socket, zmq.EVENT_DISCONNECTED) as ends:
            self.wire.send_raw(b"\xff" * (limit + 1))
            self.assertTrue(ends.poll(20000), "the line stayed open")
        self.assertTrue(self.wire.ping().store_ready)  # on a new line


class Revoked(unittest.TestCase):
    def test_key_that_is_taken_out_is_cut_off_on_its_standing_line(self):
        centre = Centre(offices=("admin", "county-220122")).start()
        self.addCleanup(centre.stop)
        county = centre.wire("county-220122")
        self.assertTrue(county.ping().store_ready)
        centre.admit("admin")
        self.assertEqual(centre.load_principals().returncode, 0)
        centre.wire("admin").ask(pb.Request(reload=pb.Reload()))
        self.assertEqual(codes(county.ask(pb.Request(ping=pb.Ping())).refusal), ["NOT_ADMITTED"])
        # In which order: several frames, too long to be read, not readable, not permitted.
        for frames, code in (((b"", b""), "MALFORMED"), ((b"\xff" * 1025,), "NOT_ADMITTED"), ((b"\xff" * 1024,), "MALFORMED")):
            county.send_raw(*frames)
            reply = county.receive()
            self.assertEqual((reply.request_id, codes(reply.refusal)), (0, [code]))
        self.assertRaises(NoAnswer, centre.wire("county-220122").ping, SHORT)


del InteropTest, CentreTest  # not tests themselves

if __name__ == "__main__":
    unittest.main()
