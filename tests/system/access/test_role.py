"""Who serves: a role that reads everything and adds to the journal, and can neither change nor take away a row of it."""
import os
import subprocess
import unittest

import psycopg2

import documents
from harness import HURRIED, SLOW, SOURCE, Centre, Database, entry, pb, report, submission, wait_for
from newcomer import Newcomer, enrol
from wire import codes

COUNTY = 220122
JOURNAL = ("submission", "extension", "review", "report", "project_step", "fund_entry", "target_part", "document")
ROLE = "fupin_serve"


class RoleTest(unittest.TestCase):
    def all_kinds_of_work(self, centre):
        """A row of every journal table but projects (system_project), a file in parts, a newcomer."""
        county, prefecture, province = (centre.wire(name) for name in ("county-220122", "prefecture-2201", "province"))
        numbers = {i.code: i.number for i in county.catalogue().indicators}

        def ok(wire, *rows):
            reply = wire.submit(submission(*rows))
            self.assertIsInstance(reply, pb.Receipt, reply)
        ok(county, report(numbers, COUNTY, 201301, people_lifted=5), entry(COUNTY, "role"))
        ok(prefecture, pb.Review(unit=COUNTY, period=201301, form=1, revision=1, decision=pb.PASS))
        ok(province, pb.Extension(unit=COUNTY, period=201301, form=1, event=pb.CLOSED, until=2_000_000_000, reason="雪".encode()))
        ok(province, pb.TargetPart(unit=2201, year=2013, indicator=numbers["people_lifted"], value=300000))
        file = documents.pdf(2 * documents.PART + 1)
        self.assertTrue(documents.send_all(county, file).whole)
        ok(county, documents.document(file))
        half = documents.pdf(2 * documents.PART, seed=1)
        documents.ask(county, documents.upload(half))
        documents.ask(county, documents.upload(half, 0))
        documents.ask(county, documents.upload(half, size=len(half) + 1))  # begun anew
        admin = centre.offices["admin"]
        newcomer = Newcomer(centre, "newcomer")
        enrol(admin, newcomer, COUNTY, "--name", "newcomer")
        ok(newcomer.wire(centre), entry(COUNTY, "newcomer"))
        admin.run("admin", "revoke", "newcomer", "--reason", "test", check=0)

    def refused(self, connection, statement):
        with connection.cursor() as cursor, self.assertRaises(psycopg2.Error, msg=statement) as raised:
            cursor.execute(statement)
        return raised.exception.pgcode

    def may_change_nothing(self, connection):
        for table in JOURNAL:
            for statement in (f"UPDATE {table} SET seq = seq", f"DELETE FROM {table}", f"TRUNCATE {table}", f"DROP TABLE {table}",
                              f"ALTER TABLE {table} ADD x integer"):
                self.assertEqual(self.refused(connection, statement), "42501", statement)
        for statement in ("DELETE FROM journal_head", "INSERT INTO journal_head (seq) VALUES (7)",
                          "UPDATE document_part SET bytes = ''", "DELETE FROM document_part", "UPDATE document_file SET digest = digest",
                          "UPDATE door_event SET who = ''", "DELETE FROM door_event", "DELETE FROM principal", "UPDATE unit SET name = ''",
                          f"ALTER ROLE {ROLE} SUPERUSER", "INSERT INTO schema_migration (number, name) VALUES (99, '')"):
            self.assertEqual(self.refused(connection, statement), "42501", statement)
        # What a document names stays, though files may be taken away.
        self.assertEqual(self.refused(connection, "DELETE FROM document_file WHERE digest IN (SELECT digest FROM document)"), "23503")
        self.assertEqual(self.refused(connection, "UPDATE document_file SET whole = false WHERE digest IN (SELECT digest FROM document)"), "23503")


class Embedded(RoleTest):
    def test_private_database(self):
        centre = Centre(offices=documents.OFFICES).start()
        self.assertEqual(centre.sql("SELECT DISTINCT usename::text FROM pg_stat_activity WHERE application_name = 'fupind'"), [(ROLE,)])
        self.all_kinds_of_work(centre)
        self.assertEqual(centre.load().returncode, 0)  # by the owner, while it serves
        centre.wire("county-220122").submit(submission(entry(COUNTY, "after the load")))
        connection = psycopg2.connect(host=os.path.join(centre.data, "run"), user=ROLE, dbname="fupin")
        connection.autocommit = True
        self.may_change_nothing(connection)
        connection.close()
        centre.verify()
        self.assertEqual(centre.stop(), 0)
        centre.check_log()
        # A database of before there was the role.
        centre.start()
        centre.sql(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")
        self.assertEqual(centre.stop(), 0)
        centre.start()
        self.assertEqual(centre.wire("county-220122").submit(submission(entry(COUNTY, "granted again"))).seq, 8)
        self.assertEqual(centre.stop(), 0)


class NotAllIsShown(unittest.TestCase):
    """One centre's session sees the head before the rows: a policy hides them from its role for a while, as a sharded
    database does between the commits of its machines. Nothing is lost, and nothing is taken over in part."""

    def setUp(self):
        self.database = Database()
        self.first = Centre(database=self.database, offices=documents.OFFICES).start()
        self.database.execute("CREATE POLICY adds ON fund_entry FOR INSERT WITH CHECK (true);"
                              "CREATE POLICY shows ON fund_entry FOR SELECT USING (voucher NOT LIKE 'hidden%')")
        self.second = self.first.beside()
        self.second.loads_plan = False
        self.second.options += ["--db", self.database.uri.replace("user=fupin", "user=" + ROLE), *HURRIED]
        subprocess.run([os.path.join(self.database.bin, "psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-h", self.database.directory, "-U", "fupin",
                        "-d", "fupin", "-f", os.path.join(SOURCE, "db", "grants.sql")], check=True, capture_output=True, cwd="/")
        self.office = self.first.wire("county-220122")

    def hide(self, hidden):
        self.database.execute(f"ALTER TABLE fund_entry {'ENABLE' if hidden else 'DISABLE'} ROW LEVEL SECURITY")

    def send(self, *vouchers):
        reply = self.office.submit(submission(*(entry(COUNTY, voucher, amount_fen=700) for voucher in vouchers)))
        self.assertIsInstance(reply, pb.Receipt)
        return reply.seq

    def raised(self, wire):
        return sum(fund.amount_fen for fund in wire.total(COUNTY, 201304, 201304, funds=True).units[0].funds)

    def end(self):
        self.assertEqual(self.raised(self.office), self.raised(self.second.wire("county-220122")))
        for centre in (self.second, self.first):
            self.assertEqual(centre.stop(), 0)
            centre.check_log()
        self.database.stop()

    def test_news(self):
        self.send("before")
        self.second.start()
        wire = self.second.wire("county-220122")
        self.hide(True)
        seq = self.send("shown", "hidden", "hidden too")
        wait_for("its word", lambda: "1 of 3 fund entries" in self.second.log())
        self.assertEqual((wire.ping().as_of.seq, self.raised(wire)), (seq - 1, 700))
        # Its own submission is compared with all that was committed before it, or not taken.
        wait_for("another session", lambda: "event=database_lost" in self.second.log())
        self.assertEqual(codes(wire.submit(submission(entry(COUNTY, "meanwhile")))), ["STORE_UNAVAILABLE"])
        self.hide(False)
        wait_for("the rest", lambda: wire.ping().as_of.seq == seq)
        self.assertEqual(self.raised(wire), 2800)
        self.send("after")
        wait_for("more", lambda: wire.ping().as_of.seq == seq + 1)
        self.end()

    def test_start(self):
        self.hide(True)
        seq = self.send("shown", "hidden")
        self.second.start(wait=False)
        wait_for("its word", lambda: "1 of 2 fund entries" in self.second.log())
        self.assertFalse(os.path.exists(self.second.ready))
        self.hide(False)
        self.second.wait_ready()
        self.assertEqual(self.second.wire("county-220122").ping().as_of.seq, seq)
        self.end()

    def test_start_where_it_stays_so(self):
        self.hide(True)
        self.send("shown", "hidden")
        self.second.start(wait=False)
        self.assertEqual(self.second.process.wait(120 * SLOW), 4)
        self.assertIn("event=replay_failed", self.second.log())
        self.assertIn("something hides the rest", self.second.log())
        self.hide(False)
        self.second.start()
        self.end()


class Elsewhere(RoleTest):
    def test_database_elsewhere(self):
        """The owner loads and grants; another role serves, with the program that is installed."""
        database = Database("--data-checksums")  # the template has the role
        centre = Centre(database=database, offices=documents.OFFICES)
        loaded = centre.load_principals()
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        database.execute(f"CREATE ROLE {ROLE} LOGIN")
        for _ in range(2):  # again: after each new version
            subprocess.run([os.path.join(database.bin, "psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-h", database.directory, "-U", "fupin", "-d", "fupin",
                            "-f", os.path.join(SOURCE, "db", "grants.sql")], check=True, capture_output=True, cwd="/")
        centre.options += ["--db", database.uri.replace("user=fupin", "user=" + ROLE)]
        centre.loads_plan = False
        centre.start()
        self.assertEqual(database.rows("SELECT DISTINCT usename::text FROM pg_stat_activity WHERE application_name = 'fupind'"), [(ROLE,)])
        self.all_kinds_of_work(centre)
        connection = database.connect(user=ROLE)
        self.may_change_nothing(connection)
        connection.close()
        centre.verify()
        self.assertEqual(centre.stop(), 0)
        centre.check_log()
        database.stop()


if __name__ == "__main__":
    unittest.main()
