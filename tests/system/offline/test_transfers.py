"""Files that are broken off: by the line, the client, the centre, the database; and gone on with where they were."""
import os
import signal
import subprocess
import unittest

from documents import BESIDE, COUNTY, OFFICES, PART, PLAN, ask, document, fetch, listed, parts, pdf, send_all, upload
from harness import SLOW, Centre, Database, entry, new_directory, submission, wait_for
from proxy import Proxy
from wire import codes, digest
import fupin_pb2 as pb


class BrokenOff(unittest.TestCase):
    """Half at a time: the line, the client, the centre, another centre."""

    def setUp(self):
        self.folder = new_directory()
        self.data = pdf(40 * PART + 5, self.id())
        self.path = os.path.join(self.folder, "plan.pdf")
        with open(self.path, "wb") as file:
            file.write(self.data)
        self.centre = self.proxy = None

    def tearDown(self):
        if self.proxy:
            self.proxy.close()
        if self.centre:
            self.centre.verify()
            self.centre.stop()
            self.centre.check_log()

    def begin(self, **options):
        self.centre = Centre(offices=OFFICES, **options).start()
        self.office = self.centre.offices["county-220122"]
        return self.centre

    def through_proxy(self, **faults):
        self.proxy = Proxy(self.centre.endpoint)
        self.centre.tell_offices(self.proxy.endpoint)
        self.proxy.change(**faults)

    def send(self, *words):
        return subprocess.Popen(self.office.command("document", "send", "plan", self.path, *words), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C"))

    def received(self):
        rows = self.centre.sql("SELECT received FROM document_file")
        return rows[0][0] if rows else 0

    def check_stored(self, versions=1):
        self.assertEqual(self.centre.sql("SELECT count(*) FROM document"), [(versions,)])
        self.assertEqual(self.centre.sql("SELECT count(*) FROM document_file WHERE NOT whole"), [(0,)])
        stored = self.centre.sql("SELECT bytes FROM document_part ORDER BY part")
        self.assertEqual(b"".join(bytes(row[0]) for row in stored), self.data)

    def finish(self, client):
        out, err = client.communicate(timeout=120 * SLOW)
        self.assertEqual(client.returncode, 0, out + err)
        self.assertIn("receipt ", out)

    def test_line_cut(self):
        """Each connection carries three parts and breaks in the middle of the next: it goes on where it was."""
        self.begin()
        self.through_proxy(up_cut_after=3 * PART + PART // 2)
        client = self.send("--timeout", "60")
        self.proxy.wait("ten cuts", lambda p: p.cuts >= 10)
        self.proxy.mend()
        self.finish(client)
        self.check_stored()

    def test_answers_lost(self):
        """Parts get through, their answers do not: the same parts again are nothing new."""
        self.begin()
        self.through_proxy()
        client = self.send("--timeout", "60")
        self.proxy.wait("some parts", lambda p: any(flow[0].passed > 5 * PART for flow in p.pairs))
        with self.proxy.lock:
            answered = max(flow[1].passed for flow in self.proxy.pairs)
        self.proxy.change(down_cut_after=answered + 10)
        self.proxy.wait("the cut", lambda p: p.cuts)
        self.proxy.mend()
        self.finish(client)
        self.check_stored()

    def test_client_killed(self):
        self.begin()
        self.through_proxy(up_bytes_per_s=20 * PART)
        client = self.send()
        wait_for("half of it", lambda: self.received() > 10 * PART)
        client.kill()
        client.communicate()
        had = self.received()
        self.assertLess(had, len(self.data))
        # The list has nothing of it, and the outbox has the row.
        self.assertEqual(self.centre.sql("SELECT count(*) FROM document"), [(0,)])
        # It goes on where it was: what is sent now is the rest.
        self.proxy.mend()
        result = self.office.run("submit", check=0)
        self.assertIn("documents 1: document plan", result.stdout)
        self.check_stored()
        # The command itself would have gone on as well, and is done now.
        self.assertIn("already, as version 1", self.office.run("document", "send", "plan", self.path, check=0).stdout)

    def test_client_killed_and_the_same_command_again(self):
        self.begin()
        self.through_proxy(up_bytes_per_s=20 * PART)
        client = self.send()
        wait_for("some of it", lambda: self.received() > 5 * PART)
        client.kill()
        client.communicate()
        first = self.centre.sql("SELECT received FROM document_file")[0][0]
        self.proxy.close()
        self.through_proxy(up_cut_after=len(self.data) - first + 20 * PART)  # the rest alone fits
        self.office.run("document", "send", "plan", self.path, check=0)
        self.assertEqual(self.proxy.cuts, 0)
        self.check_stored()
        self.assertIn("0 waiting, 1 receipted, 0 refused", self.office.run("status", check=0).stdout)

    def test_the_file_has_changed(self):
        self.begin()
        self.through_proxy(up_bytes_per_s=20 * PART)
        client = self.send()
        wait_for("some of it", lambda: self.received() > 5 * PART)
        client.kill()
        client.communicate()
        self.proxy.mend()
        with open(self.path, "r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"!")
        refused = self.office.run("submit", check=3)
        self.assertIn("the file has changed since it was recorded for sending", refused.stderr)
        self.assertIn(self.path, refused.stderr)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM document"), [(0,)])
        self.data = self.data[:-1] + b"!"
        self.office.run("document", "send", "plan", self.path, check=0)
        self.assertEqual([bytes(row[0]) for row in self.centre.sql("SELECT digest FROM document")], [digest(self.data)])
        self.assertIn("1 refused", self.office.run("status", check=0).stdout)

    def test_the_file_is_gone(self):
        """It is not needed once the centre has it; before that it is said to be gone."""
        self.begin()
        self.through_proxy(up_bytes_per_s=20 * PART)
        client = self.send()
        wait_for("some of it", lambda: self.received() > 5 * PART)
        client.kill()
        client.communicate()
        self.proxy.mend()
        wire = self.centre.wire("county-220122")
        self.assertTrue(self.send_rest(wire))
        os.unlink(self.path)
        self.assertIn("documents 1", self.office.run("submit", check=0).stdout)
        self.check_stored()

    def send_rest(self, wire):
        answer = ask(wire, upload(self.data))
        while not answer.whole:
            answer = ask(wire, upload(self.data, answer.received))
        return answer.whole

    def test_forgotten_meanwhile(self):
        """What the centre has no more is sent again from the beginning."""
        self.begin()
        self.through_proxy(up_bytes_per_s=20 * PART)
        client = self.send("--timeout", "60")
        wait_for("some of it", lambda: self.received() > 5 * PART)
        self.centre.sql("DELETE FROM document_file")
        self.proxy.mend()
        self.finish(client)
        self.check_stored()

    def test_centre_killed(self):
        """kill -9 in the middle; the embedded database ends with it."""
        self.begin()
        self.through_proxy(up_bytes_per_s=20 * PART)
        client = self.send("--timeout", "60")
        wait_for("some of it", lambda: self.received() > 5 * PART)
        self.centre.kill()
        self.centre.start()
        self.centre.tell_offices(self.proxy.endpoint)
        self.proxy.mend()
        self.finish(client)
        self.check_stored()

    def test_two_centres(self):
        """Half at one, which is killed; the rest at the other."""
        database = Database()
        self.begin(database=database)
        other = self.centre.beside()
        other.start()
        try:
            one = self.centre.wire("county-220122")
            for offset in [None] + list(parts(self.data))[:15]:
                self.assertFalse(ask(one, upload(self.data, offset)).whole)
            two = other.wire("county-220122")
            self.assertEqual(ask(two, upload(self.data)).received, 15 * PART)
            # Both at once: each takes what the other has not.
            for offset in list(parts(self.data))[15:20]:
                for wire in (one, two):
                    self.assertEqual(ask(wire, upload(self.data, offset)).received, offset + PART)
            self.centre.tell_offices(f"{self.centre.endpoint}, {other.endpoint}")
            self.centre.kill()
            self.finish(self.send("--timeout", "60"))
            # What one committed the other knows.
            self.centre.start()
            one = self.centre.wire("county-220122")
            self.assertEqual(fetch(one, COUNTY, PLAN), self.data)
            replaced = pdf(77)
            self.assertTrue(send_all(one, replaced).whole)
            self.assertIsInstance(two.submit(submission(document(replaced, replaces=1))), pb.Receipt)
            refused = one.submit(submission(document(replaced, replaces=1)))
            self.assertEqual(codes(refused), ["DOCUMENT_SAME"])
            wait_for("the news", lambda: len(listed(one, COUNTY, kinds=[PLAN], versions=True)) == 2)
            self.assertEqual(self.centre.sql("SELECT count(*) FROM document"), [(2,)])
        finally:
            other.stop()
            other.check_log()

    def test_database_away(self):
        database = Database()
        self.begin(database=database)
        wire = self.centre.wire("county-220122")
        self.assertEqual(ask(wire, upload(self.data)).received, 0)
        ask(wire, upload(self.data, 0))
        database.stop(signal.SIGQUIT)
        wait_for("a refusal", lambda: codes(ask(wire, upload(self.data, PART))) == ["STORE_UNAVAILABLE"])
        client = self.send("--timeout", "90")
        database.start()
        self.finish(client)
        self.check_stored()

    def test_ordinary_submissions_keep_flowing(self):
        """While a file comes in, others get their receipts, and answers are given."""
        self.begin()
        county, beside = self.centre.wire("county-220122"), self.centre.wire("county-220112")
        ask(county, upload(self.data))
        offsets, done, sent = list(parts(self.data)), 0, 0
        while done < len(offsets):
            while sent < len(offsets) and sent - done < 4:
                county.send(upload(self.data, offsets[sent]))
                sent += 1
            self.assertIsInstance(beside.submit(submission(entry(BESIDE, f"v{done}"))), pb.Receipt)
            answer = county.receive().uploaded
            done += 1
            self.assertEqual(answer.received, min(done * PART, len(self.data)))
        self.assertTrue(answer.whole)


if __name__ == "__main__":
    unittest.main()
