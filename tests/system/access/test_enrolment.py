"""Enrolment: an office's way in with a one-time code, and a key's way out."""
import contextlib
import ctypes
import hashlib
import json
import os
import pty
import sqlite3
import subprocess
import unittest

import zmq
import zmq.utils.z85

from harness import SLOW, Centre, CentreTest, Database, entry, pb, submission, wait_for
from newcomer import FINGERPRINT, Newcomer, digits_of, enrol, fingerprint, invite, requests
from sealing import SODIUM
from wire import NoAnswer, Wire, codes

COUNTY, OTHER, THIRD = 220122, 220112, 222403


def offices(admin):
    return json.loads(admin.run("admin", "offices", "--format", "json", check=0).stdout)


def secret_of(code):
    """The 16 bytes that the centre is asked with, decoded from the code's text as PROTOCOL.md has it."""
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    text = code.replace("-", "")
    for character in text:
        number = number << 5 | digits.index(character)
    size = len(text) * 5 // 8
    data = (number >> (len(text) * 5 - 8 * size)).to_bytes(size, "big")
    return data[33:49]


def guest_of(secret):
    """The guest key pair of a code, Z85, as PROTOCOL.md has it: (public, secret)."""
    seed = hashlib.blake2b(b"fupin guest" + secret, digest_size=32).digest()
    return zmq.curve_public(zmq.utils.z85.encode(seed)).decode(), zmq.utils.z85.encode(seed).decode()


def enrol_of(centre, secret, keys, /, **fields):
    """An Enrol for the office's (public, secret) key, over a line of the code's."""
    shared = ctypes.create_string_buffer(32)
    public, own = (zmq.utils.z85.decode(key) for key in keys)
    assert SODIUM.crypto_box_beforenm(shared, zmq.utils.z85.decode(centre.centre_key()), own) == 0
    proof = hashlib.blake2b(b"fupin enrol" + secret + public, key=shared.raw, digest_size=32).digest()
    return pb.Request(enrol=pb.Enrol(**dict(dict(secret=secret, public_key=public, proof=proof, office=b"x"), **fields)))


class Enrolment(CentreTest):
    def setUp(self):
        self.admin = self.centre.offices["admin"]

    def newcomer(self, name):
        return Newcomer(self.centre, name)

    def close_door(self):
        """Nobody is invited any more."""
        for item in requests(self.admin):
            self.admin.run("admin", "refuse", item["number"], check=0)

    def test_the_whole_way(self):
        office = self.newcomer("clerk")
        code = invite(self.admin, "220122", "--name", "county-220122-b")
        self.assertRegex(code, r"\A[0-9A-Z]{5}(-[0-9A-Z]{1,5})+\Z")
        first = office.run("enroll", code, "--name", "农安县扶贫办", check=0)
        self.assertEqual(fingerprint(first), digits_of(office.key()))
        self.assertEqual(os.stat(os.path.join(office.home, "office.key_secret")).st_mode & 0o777, 0o600)
        again = office.run("enroll", code, "--name", "农安县扶贫办", language="zh_CN.UTF-8", check=0)
        self.assertIn("等待管理员接纳", again.stdout)
        self.assertEqual(fingerprint(first), fingerprint(again))
        refused = office.run("status", check=5)
        self.assertIn("until the administrator admits it", refused.stderr)
        listed = next(r for r in requests(self.admin) if r["name"] == "county-220122-b")
        self.assertEqual((listed["state"], listed["office"], listed["unit"], listed["fingerprint"], listed["public_key"]),
                         ("waiting", "农安县扶贫办", 220122, fingerprint(first), office.key()))
        table = self.admin.run("admin", "requests", check=0).stdout
        self.assertIn(fingerprint(first), table)
        done = self.admin.run("admin", "admit", listed["number"], "--fingerprint", fingerprint(first).replace(" ", "-"), check=0)
        self.assertIn("admitted: county-220122-b", done.stdout)
        self.assertIn("county-220122-b", office.run("status", check=0).stdout)
        self.assertIn("admitted as county-220122-b", office.run("enroll", code, check=0).stdout)
        receipt = office.wire(self.centre).submit(submission(entry(COUNTY, "enrolled-1")))
        self.assertTrue(receipt.seq)
        who = next(o for o in offices(self.admin) if o["name"] == "county-220122-b")
        self.assertEqual((who["admitted_by"], who["public_key"]), ("admin", office.key()))
        events = self.centre.sql("SELECT who, action FROM door_event WHERE name = 'county-220122-b' ORDER BY number")
        self.assertEqual(events, [("admin", "invite"), ("", "request"), ("admin", "admit")])

    def test_a_key_is_never_made_over_another(self):
        office = self.newcomer("keeps")
        office.run("keygen", check=0)
        before = office.key()
        office.run("enroll", invite(self.admin, "220112", "--name", "keeps"), check=0)
        self.assertEqual(office.key(), before)

    def test_typing_errors_are_found_here(self):
        office = self.newcomer("typo")
        code = invite(self.admin, "220112", "--name", "typo")
        wrong = code[:40] + ("7" if code[40] != "7" else "8") + code[41:]
        for text, what in ((wrong, "typing error"), (code[:60], "too short"), (code[:-3], "typing error"),
                           (code.replace("-", "_", 1), "character")):
            result = office.run("enroll", text, check=2)
            self.assertIn(what, result.stderr)
            self.assertIn("Nothing was sent", result.stderr)
        self.assertFalse(os.path.exists(office.home))
        # As people copy: lower case, spaces, O for 0.
        office.run("enroll", code.lower().replace("-", " ").replace("0", "o"), check=0)

    def test_an_expired_code(self):
        office = self.newcomer("late")
        code = invite(self.admin, "220112", "--name", "late", "--hours", "1")
        self.centre.sql("UPDATE enrolment SET expires_at = now() - interval '1 minute' WHERE name = 'late'")
        result = office.run("enroll", code, check=3)
        self.assertIn("the code expired at 20", result.stderr)
        self.assertEqual([r["state"] for r in requests(self.admin, "--all") if r["name"] == "late"], ["expired"])

    def test_a_code_is_good_for_one_key(self):
        first, second = self.newcomer("first"), self.newcomer("second")
        code = invite(self.admin, "220112", "--name", "first")
        first.run("enroll", code, check=0)
        result = second.run("enroll", code, check=3)
        self.assertIn("another key used this code", result.stderr)
        item = next(r for r in requests(self.admin) if r["name"] == "first")
        self.assertEqual((item["rivals"], item["public_key"]), (1, first.key()))
        self.assertIn("brought by another key", self.admin.run("admin", "requests", check=0).stdout)
        self.admin.run("admin", "admit", item["number"], "--fingerprint", item["fingerprint"], check=0)
        third = self.newcomer("third")
        self.assertIn("another key used this code", third.run("enroll", code, check=3).stderr)

    def test_wrong_fingerprint_admits_nobody(self):
        office = self.newcomer("mismatch")
        digits = fingerprint(office.run("enroll", invite(self.admin, "220112", "--name", "mismatch"), check=0))
        number = next(r["number"] for r in requests(self.admin) if r["name"] == "mismatch")
        wrong = ("1" if digits[0] != "1" else "2") + digits[1:]
        for given in (wrong, digits[:-1], digits + "1", ""):
            result = self.admin.run("admin", "admit", number, "--fingerprint", given, check=3)
            self.assertIn("the fingerprint of enrolment number", result.stderr)
        self.assertIn("--fingerprint", self.admin.run("admin", "admit", number, check=2).stderr)
        self.assertEqual(next(r["state"] for r in requests(self.admin) if r["name"] == "mismatch"), "waiting")
        office.run("status", check=5)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM door_event WHERE name = 'mismatch' AND action = 'mismatch'"), [(4,)])

    def answer(self, number, line):
        """`admit` on a terminal: what it showed, and its exit status."""
        pid, terminal = pty.fork()
        if pid == 0:
            command = self.admin.command("admin", "admit", number)
            os.execve(command[0], command, dict(os.environ, LC_ALL="C"))
        shown = b""
        while b"yes/no" not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, line)
        try:
            while more := os.read(terminal, 4096):
                shown += more
        except OSError:
            pass  # its end
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(terminal)
        return shown.decode(), status

    def test_admitted_at_a_terminal(self):
        office = self.newcomer("asked")
        digits = fingerprint(office.run("enroll", invite(self.admin, "220112", "--name", "asked"), check=0))
        number = next(r["number"] for r in requests(self.admin) if r["name"] == "asked")
        for line in (b"no\n", b"\n", b"y\n", b"\x04"):
            shown, status = self.answer(number, line)
            self.assertIn(digits, shown)
            self.assertEqual(status, 3)
        office.run("status", check=5)
        shown, status = self.answer(number, b"yes\n")
        self.assertEqual((status, "admitted: asked " + digits in shown), (0, True))
        office.run("status", check=0)

    def test_refused(self):
        office = self.newcomer("refused")
        code = invite(self.admin, "220112", "--name", "refused")
        office.run("enroll", code, check=0)
        number = next(r["number"] for r in requests(self.admin) if r["name"] == "refused")
        self.admin.run("admin", "refuse", number, "--reason", "not known here", check=0)
        self.assertIn("not known here", office.run("enroll", code, check=3).stderr)
        self.assertIn("it is refused", self.admin.run("admin", "admit", number, "--fingerprint", "1", check=3).stderr)

    def test_wait_sees_the_admission(self):
        office = self.newcomer("waits")
        code = invite(self.admin, "220112", "--name", "waits")
        process = subprocess.Popen(office.command("enroll", code, "--wait"), stdout=subprocess.PIPE, text=True)
        digits = FINGERPRINT.search(process.stdout.readline() + process.stdout.readline()).group(1)
        number = next(r["number"] for r in requests(self.admin) if r["name"] == "waits")
        self.admin.run("admin", "admit", number, "--fingerprint", digits, check=0)
        rest, _ = process.communicate(timeout=60 * SLOW)
        self.assertIn("admitted as waits", rest)
        self.assertEqual(process.returncode, 0)

    def test_a_key_that_others_can_read(self):
        office = self.newcomer("open")
        code = invite(self.admin, "220112", "--name", "open")
        office.run("enroll", code, check=0)
        path = os.path.join(office.home, "office.key_secret")
        for mode in (0o604, 0o640, 0o620):
            os.chmod(path, mode)
            for words in (("enroll", code), ("status",)):
                result = office.run(*words, check=5)
                self.assertIn("others can read this secret key; run: chmod 600", result.stderr)
        os.chmod(path, 0o600)
        office.run("enroll", code, check=0)

    def test_not_into_another_centres_home(self):
        office = self.newcomer("elsewhere")
        code = invite(self.admin, "220112", "--name", "elsewhere")
        office.run("keygen", "--endpoint", "tcp://127.0.0.1:1", "--centre-key", self.admin.public_key, check=0)
        self.assertIn("of another centre", office.run("enroll", code, check=5).stderr)

    def test_who_is_not_admitted_sees_nothing(self):
        office = self.newcomer("nosy")
        office.run("enroll", invite(self.admin, "220112", "--name", "nosy"), check=0)
        wire = office.wire(self.centre)
        bodies = {field.name: field.message_type._concrete_class() for field in pb.Request.DESCRIPTOR.oneofs_by_name["body"].fields}
        for name, body in bodies.items():
            if name == "enrol":
                continue
            request = pb.Request()
            getattr(request, name).CopyFrom(body)
            getattr(request, name).SetInParent()
            refusal = wire.ask(request).refusal
            # Some of them cannot even be read: a query without a key, say.
            self.assertIn(codes(refusal), (["NOT_ADMITTED"], ["MALFORMED"]), name)
        big = pb.Request(submit=pb.Submit(submission=b"x" * 2000))
        wire.send(big)
        reply = wire.receive()
        self.assertEqual((reply.request_id, codes(reply.refusal)), (0, ["NOT_ADMITTED"]))  # it is not even read

    def test_counties_do_not_administer(self):
        wire = self.centre.wire("county-220122")
        for request in (pb.Request(invite=pb.Invite(secret_hash=b"x" * 32, unit=220122, role=pb.ROLE_COUNTY, name=b"x", hours=1)),
                        pb.Request(enrolments=pb.EnrolmentQuery(all=True)), pb.Request(offices=pb.OfficeQuery(revoked=True)),
                        *[pb.Request(decide=pb.OfficeDecision(action=action, number=1, office=b"admin", reason=b"x", fingerprint=b"1"))
                          for action in (pb.ADMIT, pb.REFUSE, pb.REVOKE)]):
            self.assertEqual(codes(wire.ask(request).refusal), ["NOT_PERMITTED"])
        result = self.centre.offices["county-220122"].run("admin", "offices", check=3)
        self.assertIn("may not do this", result.stderr)

    def test_bad_invitations(self):
        for words, status, what in (
                (("220122", "--role", "province"), 3, "not of the role's level"), (("220122", "--name", "admin"), 3, "another office's"),
                (("22", "--role", "admin"), 2, "needs a --name"), (("229999",), 3, "not in the plan"), (("999999",), 3, "outside this office's scope"), (("220122", "--hours", "721"), 2, "--hours")):
            result = self.admin.run("admin", "invite", *words)
            self.assertEqual((result.returncode, what in result.stderr), (status, True), result.stderr)
        self.assertIn("the key that he speaks with", self.admin.run("admin", "revoke", "admin", "--reason", "x", check=3).stderr)
        self.assertIn("no office in your scope", self.admin.run("admin", "revoke", "nobody", "--reason", "x", check=3).stderr)
        self.assertIn("--reason", self.admin.run("admin", "revoke", "county-220122", check=2).stderr)

    def test_the_same_invitation_again(self):
        """Its answer was lost, the client sends it again: one invitation."""
        wire = self.centre.wire("admin")
        request = pb.Request(invite=pb.Invite(secret_hash=os.urandom(32), guest_key=os.urandom(32), unit=220122, role=pb.ROLE_COUNTY, name=b"twice", hours=1))
        self.assertEqual(wire.ask(request).enrolment.number, wire.ask(request).enrolment.number)

    def test_a_new_key_replaces_the_old_one(self):
        first, second = self.newcomer("machine-1"), self.newcomer("machine-2")
        enrol(self.admin, first, "220112", "--name", "replaced")
        old = first.wire(self.centre)
        self.assertEqual(old.hello().principal, "replaced")
        code = invite(self.admin, "220112", "--name", "replaced")
        digits = fingerprint(second.run("enroll", code, check=0))
        item = next(r for r in requests(self.admin) if r.get("fingerprint") == digits)
        self.assertEqual(FINGERPRINT.fullmatch(item["replaces"]) is not None, True)
        result = self.admin.run("admin", "admit", item["number"], "--fingerprint", digits, check=0)
        self.assertIn("revoked, as it is replaced: " + item["replaces"], result.stdout)
        self.assertEqual(second.wire(self.centre).hello().principal, "replaced")
        refusal = old.ask(pb.Request(ping=pb.Ping())).refusal
        self.assertEqual(codes(refusal), ["KEY_REVOKED"])
        self.assertIn("replaced by a new key", refusal.problems[0].detail)

    def test_revoked_and_admitted_anew(self):
        office = self.newcomer("comes-back")
        enrol(self.admin, office, "220112", "--name", "comes-back")
        self.admin.run("admin", "revoke", office.key(), "--reason", "laptop stolen", check=0)
        result = office.run("status", check=5)
        self.assertIn("this key was revoked: laptop stolen", result.stderr)
        self.assertIn("本密钥已被吊销：laptop stolen", office.run("status", language="zh_CN.UTF-8", check=5).stderr)
        row = next(o for o in offices(self.admin) if o["public_key"] == office.key())
        self.assertEqual((row["revoked_by"], row["reason"]), ("admin", "laptop stolen"))
        enrol(self.admin, office, "220112", "--name", "comes-back")
        office.run("status", check=0)
        self.assertEqual([o for o in offices(self.admin) if o["public_key"] == office.key() and "revoked_us" in o], [])

    def test_tables_in_every_format(self):
        for words in (("requests", "--all"), ("offices",)):
            self.assertTrue(self.admin.run("admin", *words, "--format", "csv", check=0).stdout.count("\n") > 1)
            path = os.path.join(self.centre.directory, words[0] + ".xlsx")
            self.admin.run("admin", *words, "--output", path, check=0)
            self.assertGreater(os.path.getsize(path), 1000)


class Revocation(unittest.TestCase):
    """Two centres on one database: what one decides holds at the other."""

    def setUp(self):
        self.database = Database()
        self.first = Centre(database=self.database).start()
        self.second = self.first.beside().start()
        self.first.tell_offices(self.first.endpoint)
        self.admin = self.first.offices["admin"]

    def tearDown(self):
        for centre in (self.first, self.second):
            if centre.process.poll() is None:
                self.assertEqual(centre.stop(), 0)
            centre.check_log()
        self.database.stop()

    def refusals(self, wire):
        reply = wire.ask(pb.Request(ping=pb.Ping()))
        return codes(reply.refusal) if reply.HasField("refusal") else []

    def test_cut_off_at_both_in_standing_connections(self):
        wires = [centre.wire("county-220122") for centre in (self.first, self.second)]
        self.assertEqual(wires[0].submit(submission(entry(COUNTY, "before"))).seq, 1)
        wait_for("the other centre", lambda: wires[1].ping().as_of.seq == 1)
        watching = [centre.wire("county-220122") for centre in (self.first, self.second)]
        for wire in watching:
            wire.ask(pb.Request(watch=pb.Watch(query=pb.TotalQuery(unit=COUNTY, **{"from": 201301, "to": 201312}))))
        self.first.tell_offices(self.second.endpoint)
        program = subprocess.Popen(self.first.offices["county-220122"].command("watch", COUNTY), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.assertIn('"as_of"', program.stdout.readline())
        self.first.tell_offices(self.first.endpoint)
        self.admin.run("admin", "revoke", "county-220122", "--reason", "钥匙丢失", check=0)
        # At the centre that was told before it answers; at the other as soon as it hears.
        self.assertEqual(self.refusals(wires[0]), ["KEY_REVOKED"])
        for wire in watching:
            reply = wire.receive()
            self.assertEqual(codes(reply.refusal), ["KEY_REVOKED"])
        self.assertEqual(self.refusals(wires[1]), ["KEY_REVOKED"])
        for wire in wires:
            refusal = wire.submit(submission(entry(COUNTY, "after")))
            self.assertEqual(codes(refusal), ["KEY_REVOKED"])
        _, errors = program.communicate(timeout=60 * SLOW)
        self.assertEqual(program.returncode, 5, errors)
        self.assertIn("this key was revoked: 钥匙丢失", errors)
        # What it had committed stays; nothing more is pushed to it.
        other = self.first.wire("province")
        self.assertEqual(other.total(COUNTY, 201301, 201312, funds=True).units[0].funds[0].amount_fen, 100)
        self.first.wire("county-220112").submit(submission(entry(OTHER, "other")))
        for wire in watching:
            with self.assertRaises(NoAnswer):
                wire.receive(timeout=0.5)

    def test_a_submission_that_waits_is_refused(self):
        """Its row is locked away, so it waits in the queue; then its key is revoked."""
        wire, other = self.first.wire("county-220122"), self.first.wire("county-220112")
        with contextlib.closing(self.first.lock("SELECT * FROM journal_head FOR UPDATE")):
            other.send(pb.Request(submit=pb.Submit(submission=submission(entry(OTHER, "in-the-batch")).SerializeToString())))
            wait_for("the batch on its way", lambda: self.first.wire("province").ping().waiting == 1)
            # These are behind it: some in the next batch, which is made already, the others in the queue.
            sent = [submission(entry(COUNTY, f"waits-{i}")) for i in range(240)]
            for s in sent:
                wire.send(pb.Request(submit=pb.Submit(submission=s.SerializeToString())))
            wait_for("all in the queue", lambda: self.first.wire("province").ping().waiting == 241)
            self.admin.run("admin", "revoke", "county-220122", "--reason", "lost", check=0)
        self.assertTrue(other.receive().receipt.seq)
        outcomes, refused = [wire.receive() for _ in sent], 0
        stored = {row[0] for row in self.database.rows("SELECT voucher FROM fund_entry")}
        for i, reply in enumerate(outcomes):
            # Whatever was in a batch already is committed and receipted; the rest is refused, and is not stored.
            if reply.HasField("receipt"):
                self.assertIn(f"waits-{reply.request_id - 1}", stored)
            else:
                refused += 1
                self.assertEqual(codes(reply.refusal), ["KEY_REVOKED"])
                self.assertNotIn(f"waits-{reply.request_id - 1}", stored)
        self.assertGreater(refused, 20)
        self.assertEqual(len(stored), 1 + len(sent) - refused)

    def test_the_outbox_keeps_what_was_shut_out(self):
        """The key is revoked while the office's program waits for receipts: nothing counts as refused, all of it goes with a new key."""
        office = self.first.offices["county-220122"]
        sheets = []
        for i in range(100):
            sheets.append(os.path.join(self.first.directory, f"{i}.csv"))
            with open(sheets[-1], "w", encoding="utf-8") as file:
                file.write(f"kind,unit,voucher,occurred,source,amount\nraised,{COUNTY},v-{i},2013-04-15,social,1\n")
        with contextlib.closing(self.first.lock("SELECT * FROM journal_head FOR UPDATE")):
            program = subprocess.Popen(office.command("submit", "--each", *sheets), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            province = self.first.wire("province")  # one: a key has so many connections at most
            wait_for("a full window", lambda: province.ping().waiting == 64)
            self.admin.run("admin", "revoke", "county-220122", "--reason", "new computer", check=0)
        _, errors = program.communicate(timeout=120 * SLOW)
        self.assertEqual(program.returncode, 5, errors)
        self.assertIn("this key was revoked: new computer", errors)
        outbox = sqlite3.connect(os.path.join(office.home, "outbox.db"))
        states = dict(outbox.execute("SELECT state, count(*) FROM submission GROUP BY state"))
        outbox.close()
        self.assertGreater(states.get(0, 0), 20)
        self.assertNotIn(2, states)
        enrol(self.admin, office, COUNTY)
        office.run("submit", check=0)
        self.assertEqual(self.database.rows("SELECT count(*), count(DISTINCT voucher) FROM fund_entry"), [(100, 100)])

    def test_the_file_does_not_bring_a_revoked_key_back(self):
        office = Newcomer(self.first, "enrolled")
        enrol(self.admin, office, COUNTY, "--name", "enrolled")
        self.admin.run("admin", "revoke", "county-220112", "--reason", "lost", check=0)
        # The file still names the one, and does not name the other.
        self.assertEqual(self.first.load_principals().returncode, 0)
        for centre in (self.first, self.second):
            self.assertEqual(self.refusals(centre.wire("county-220112")), ["KEY_REVOKED"])
            self.assertEqual(office.wire(centre).hello().principal, "enrolled")
        self.assertIn("principal_key_revoked", self.first.load_principals().stderr)
        for centre in (self.first, self.second):
            self.assertEqual(centre.stop(), 0)
        self.first.start()
        self.second.start()
        for centre in (self.first, self.second):
            self.assertEqual(self.refusals(centre.wire("county-220112")), ["KEY_REVOKED"])
            self.assertEqual(office.wire(centre).hello().principal, "enrolled")
        states = {r["name"]: r["state"] for r in requests(self.admin, "--all")}
        self.assertEqual(states, {"enrolled": "admitted"})
        actions = self.database.rows("SELECT who, action, name FROM door_event WHERE name IN ('enrolled', 'county-220112') ORDER BY number")
        self.assertEqual(actions, [("file", "admit", "county-220112"), ("admin", "invite", "enrolled"), ("", "request", "enrolled"),
                                   ("admin", "admit", "enrolled"), ("admin", "revoke", "county-220112")])

    def test_invited_at_one_enrolled_at_the_other(self):
        office = Newcomer(self.first, "crosses")
        code = invite(self.admin, COUNTY, "--name", "crosses", "--endpoint", self.second.endpoint)
        digits = fingerprint(office.run("enroll", code, check=0))
        number = next(r["number"] for r in requests(self.admin))
        self.admin.run("admin", "admit", number, "--fingerprint", digits, check=0)
        wait_for("the other centre", lambda: office.run("status").returncode == 0)


class Door(unittest.TestCase):
    """What strangers get."""

    def setUp(self):
        self.centre = Centre(offices=("admin", "province")).start()
        self.admin = self.centre.offices["admin"]

    def tearDown(self):
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()

    def line(self, keys, timeout=20):
        wire = Wire(self.centre.endpoint, self.centre.centre_key(), *keys, timeout)
        self.centre.wires.append(wire)
        return wire

    def stranger(self, timeout=20):
        return self.line([key.decode() for key in zmq.curve_keypair()], timeout)

    def test_shut_to_strangers_whatever_is_out(self):
        code = invite(self.admin, COUNTY)
        with self.assertRaises(NoAnswer):
            self.stranger(timeout=0.5).ping()
        guest = self.line(guest_of(secret_of(code)))
        self.assertEqual(codes(guest.ask(pb.Request(ping=pb.Ping())).refusal), ["NOT_ADMITTED"])
        for item in requests(self.admin):
            self.admin.run("admin", "refuse", item["number"], check=0)
        office = Newcomer(self.centre, "too-late")
        result = office.run("enroll", code, check=5)
        self.assertIn("has expired or was withdrawn", result.stderr)

    def test_guessing_keeps_nobody_out(self):
        """Strangers who guess get no line, and who has one code no other's; meanwhile the right one is as good as ever."""
        own, honest = (invite(self.admin, COUNTY, "--name", name) for name in ("own", "honest"))
        guesses = [self.line(guest_of(os.urandom(16)), timeout=0) for _ in range(40)]
        for wire in guesses:
            wire.try_send(pb.Request(enrol=pb.Enrol(secret=os.urandom(16))))
        wait_for("guesses that were turned away", lambda: "event=key_unknown" in self.centre.log())
        keys = [key.decode() for key in zmq.curve_keypair()]
        wire = self.line(guest_of(secret_of(own)))
        for secret in [os.urandom(16) for _ in range(20)] + [secret_of(honest)]:
            self.assertEqual(codes(wire.ask(enrol_of(self.centre, secret, keys)).refusal), ["CODE_UNKNOWN"])
        Newcomer(self.centre, "honest").run("enroll", honest, check=0)
        self.assertFalse(any(wire.socket.poll(0) for wire in guesses))

    def test_a_flood_with_one_code_is_its_own(self):
        """It may not tell another clerk that his code is no good."""
        own, honest = (invite(self.admin, COUNTY, "--name", name) for name in ("own", "honest"))
        keys = [key.decode() for key in zmq.curve_keypair()]
        wires = [self.line(guest_of(secret_of(own)), timeout=0) for _ in range(40)]
        for wire in wires:
            for _ in range(20):
                wire.try_send(enrol_of(self.centre, secret_of(own), keys))

        def answers():
            for wire in wires:
                while wire.socket.poll(0):
                    told[wire] = told.get(wire, []) + (codes(wire.receive().refusal) or ["ENROLMENT"])
            return sum(told.values(), [])
        told = {}
        wait_for("its answers", lambda: "BUSY" in answers() and "ENROLMENT" in answers())
        Newcomer(self.centre, "honest").run("enroll", honest, check=0)
        self.assertTrue(self.centre.wire("province").ping().store_ready)
        answers()
        self.assertLessEqual(len(told), 4)  # LINES_GUEST_MAX

    def test_an_office_shows_that_it_has_its_key(self):
        """Nobody brings a code for a key of which he has the public half alone."""
        secret = secret_of(invite(self.admin, COUNTY))
        mine, others = ([key.decode() for key in zmq.curve_keypair()] for _ in range(2))
        wire = self.line(guest_of(secret))
        stolen = enrol_of(self.centre, secret, (others[0], mine[1]))
        self.assertEqual(codes(wire.ask(stolen).refusal), ["MALFORMED"])
        self.assertEqual(codes(wire.ask(pb.Request(enrol=pb.Enrol(secret=secret))).refusal), ["MALFORMED"])
        reply = wire.ask(enrol_of(self.centre, secret, mine))
        self.assertEqual((reply.enrolment.state, reply.enrolment.public_key), (pb.ENROLMENT_WAITING, mine[0]))
        # From now on its own key has a line, too, and is told the same.
        reply = self.line(mine).ask(pb.Request(enrol=pb.Enrol(secret=secret)))
        self.assertEqual(reply.enrolment.state, pb.ENROLMENT_WAITING)

    def test_malformed(self):
        secret = secret_of(invite(self.admin, COUNTY))
        wire, keys = self.line(guest_of(secret)), [key.decode() for key in zmq.curve_keypair()]
        for changed in (dict(secret=b"short"), dict(office=b"x" * 65), dict(host=b"\xff"), dict(office=b"a\nb"),
                        dict(public_key=b"x" * 31), dict(proof=b"x" * 33), dict(proof=b"")):
            self.assertEqual(codes(wire.ask(enrol_of(self.centre, secret, keys, **changed)).refusal), ["MALFORMED"], changed)
        self.assertEqual([r["state"] for r in requests(self.admin)], ["invited"])

    def test_the_centres_own_key_file(self):
        self.assertEqual(self.centre.stop(), 0)
        os.chmod(os.path.join(self.centre.data, "centre.key_secret"), 0o644)
        self.centre.start(wait=False)
        self.assertNotEqual(self.centre.process.wait(60 * SLOW), 0)
        self.assertIn("others can read this secret key; run: chmod 600", self.centre.log())
        os.chmod(os.path.join(self.centre.data, "centre.key_secret"), 0o600)
        self.centre.start()


if __name__ == "__main__":
    unittest.main()
