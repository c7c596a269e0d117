"""The database: away, full, foreign, newer, shared; nothing half stored, and the centre goes on."""
import os
import signal
import socket
import subprocess
import unittest

from harness import FUPIND, HURRIED, Centre, Database, as_database_user, edit_csv, entry, new_directory, pb, report, submission, wait_for
from wire import codes

COUNTY = 220122


class Store(unittest.TestCase):
    def start(self, **options):
        self.database = Database(*options.pop("initdb", ()))
        self.centre = Centre(database=self.database, options=HURRIED, **options).start()
        self.wire = self.centre.wire("county-220122")
        self.numbers = {i.code: i.number for i in self.wire.catalogue().indicators}

    def end(self):
        self.centre.verify()
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()
        self.database.stop()

    def count(self, voucher):
        return self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher LIKE %s", voucher)[0][0]

    def test_postgresql_gone_for_a_while(self):
        self.start()
        self.wire.submit(submission(entry(COUNTY, "before")))
        self.database.stop()
        began = self.wire.ping().time_us
        kept = submission(entry(COUNTY, "meanwhile"))

        def refused():
            reply = self.wire.submit(kept)
            self.assertEqual(codes(reply), ["STORE_UNAVAILABLE"])
            self.assertGreater(reply.retry_after_ms, 0)
            # Totals are in memory: they are answered all the time.
            self.assertEqual(len(self.wire.total(COUNTY, 201304, 201304, funds=True).units[0].funds), 1)
            return self.wire.ping().time_us - began > 3_000_000  # attempts are a second apart by then
        wait_for("the loss", lambda: not self.wire.ping().store_ready)
        wait_for("three seconds", refused)
        self.database.start()
        wait_for("the reconnection", lambda: self.wire.ping().store_ready)
        self.assertGreater(self.wire.submit(kept).seq, 0)
        self.assertEqual([self.count("before"), self.count("meanwhile")], [1, 1])
        self.end()

    def test_client_waits_until_postgresql_is_back(self):
        self.start()
        office = self.centre.offices["county-220122"]
        sheet = os.path.join(office.home, "w.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("kind,unit,voucher,occurred,source,amount\nraised,220122,wait,2013-05-01,sector,1\n")
        self.database.stop()
        wait_for("the loss", lambda: not self.wire.ping().store_ready)
        result = office.run("submit", sheet, "--timeout", "2", check=4)
        self.assertIn("saved in the outbox, not yet sent", result.stderr)
        client = subprocess.Popen(office.command("submit", "--timeout", "60"), stdout=subprocess.PIPE, text=True)
        self.database.start()
        self.assertIn("receipt", client.communicate(timeout=60)[0])
        self.assertEqual(self.count("wait"), 1)
        self.end()

    def test_constraint_is_the_last_guard(self):
        """Somebody wrote into the table behind the centre's back: the batch goes the careful way."""
        self.start()
        self.database.execute("INSERT INTO fund_entry VALUES (220122, 220122, 'taken', 1, 5, NULL, NULL, 1, "
                              "'2013-01-01', 0, 0, '')")
        sent = [submission(entry(COUNTY, voucher)) for voucher in ("a", "taken", "b", "c")]
        wanted = [self.wire.send(pb.Request(submit=pb.Submit(submission=s.SerializeToString()))) for s in sent]
        replies = {}
        for _ in wanted:
            reply = self.wire.receive()
            replies[reply.request_id] = reply
        kinds = [replies[i].WhichOneof("body") for i in wanted]
        self.assertEqual(kinds, ["receipt", "refusal", "receipt", "receipt"])
        self.assertEqual(codes(replies[wanted[1]].refusal), ["STORE_CONFLICT"])
        self.database.execute("DELETE FROM fund_entry WHERE seq = 0")
        self.end()

    def test_statements_are_not_compiled(self):
        """Where there are no statistics yet, PostgreSQL takes each for a long one, and its compiler takes seconds."""
        database = Database()
        database.stop()
        database.settings = ("-c", "jit=on", "-c", "jit_above_cost=0")
        database.start()
        compiled = database.connect()  # this server does compile
        compiled.cursor().execute("SELECT count(*) FROM pg_class")
        self.assertIn("llvmjit", self.libraries(compiled.info.backend_pid))
        compiled.close()
        centre = Centre(database=database, offices=("county-220122", "admin")).start()
        centre.wire("county-220122").submit(submission(entry(COUNTY, "quick")))
        self.assertEqual(centre.wire("admin").ask(pb.Request(reload=pb.Reload())).WhichOneof("body"), "reloaded")
        sessions = centre.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'fupind'")
        self.assertGreater(len(sessions), 1)  # the journal's, and a worker's
        for (pid,) in sessions:
            self.assertNotIn("llvmjit", self.libraries(pid))
        self.assertEqual(centre.stop(), 0)
        database.stop()

    @staticmethod
    def libraries(pid):
        with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
            return file.read()

    def test_newer_schema_is_refused(self):
        self.start()
        self.centre.stop()
        self.database.execute("INSERT INTO schema_migration (number, name) VALUES (9999, '9999_future')")
        self.centre.start(wait=False)
        self.assertEqual(self.centre.process.wait(60), 4)
        self.assertIn("the database has schema 9999, this fupind knows up to", self.centre.log())
        self.database.execute("DELETE FROM schema_migration WHERE number = 9999")
        self.centre.start()
        self.end()

    def test_second_fupind_on_the_directory_is_refused(self):
        centre = Centre().start()
        result = subprocess.run(centre.words("serve"), capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 4)
        self.assertIn("another fupind serves this data directory", result.stderr)
        centre.stop()

    def test_database_that_was_set_back_is_not_served(self):
        self.start()
        self.wire.submit(submission(entry(COUNTY, "lost")))
        self.database.execute("DELETE FROM fund_entry; DELETE FROM submission")
        self.database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                              "WHERE application_name = 'fupind'")
        self.assertEqual(self.centre.process.wait(60), 4)
        self.assertIn("set back behind what was acknowledged", self.centre.log())
        self.database.stop()

    def acknowledged(self):
        """The last commit that this centre's data directory names."""
        with open(os.path.join(self.centre.data, "acknowledged"), encoding="ascii") as file:
            return int(file.read().split()[1])

    def refused_start(self, *told):
        for _ in range(2):  # not only once
            self.centre.start(wait=False)
            self.assertEqual(self.centre.process.wait(60), 4)
            log = self.centre.log().splitlines()[-1]
            for text in ("event=set_back", "--accept-set-back yes", *told):
                self.assertIn(text, log)

    def test_what_was_acknowledged_is_known_before_the_receipt(self):
        self.start()
        for i in range(1, 4):
            self.assertEqual(self.wire.submit(submission(entry(COUNTY, f"ack-{i}"))).seq, i)
            self.assertEqual(self.acknowledged(), i)
        self.centre.process.kill()
        self.centre.process.wait()
        self.centre.start()
        self.assertEqual(self.acknowledged(), 3)
        self.wire = self.centre.wire(f"county-{COUNTY}")
        self.assertEqual(self.wire.submit(submission(entry(COUNTY, "ack-4"))).seq, 4)
        self.end()

    def test_start_on_a_database_that_was_set_back(self):
        """Its numbers are not given again to others, unless somebody says so."""
        self.start()
        for i in range(2):
            self.wire.submit(submission(entry(COUNTY, f"back-{i}")))
        self.centre.stop()
        self.database.execute("DELETE FROM fund_entry WHERE seq = 2; DELETE FROM submission WHERE seq = 2; UPDATE journal_head SET seq = 1")
        self.refused_start("it ends with commit 1, and 2 was acknowledged")
        self.centre.options += ["--accept-set-back", "yes"]
        self.centre.start()
        self.assertIn("event=set_back_accepted", self.centre.log())
        self.wire = self.centre.wire(f"county-{COUNTY}")
        self.assertEqual(self.wire.submit(submission(entry(COUNTY, "after"))).seq, 2)
        self.centre.options = self.centre.options[:-2]
        self.centre.stop()
        # Another office's commit has the number now, and the receipt's is not there.
        self.database.execute("UPDATE submission SET id = gen_random_uuid() WHERE seq = 2")
        self.refused_start("its commit 2 is not the one that was acknowledged")
        self.database.stop()

    def test_start_on_another_database(self):
        self.start()
        self.wire.submit(submission(entry(COUNTY, "here")))
        self.centre.stop()
        self.database.execute("UPDATE journal_head SET history = gen_random_uuid()")
        self.refused_start("it is another database: commit 1 was acknowledged")
        path = os.path.join(self.centre.data, "acknowledged")
        with open(path, "w", encoding="ascii") as file:
            file.write("something else")
        self.centre.start(wait=False)
        self.assertEqual(self.centre.process.wait(60), 4)
        self.assertIn("acknowledged: not what fupind wrote", self.centre.log())
        os.unlink(path)
        self.centre.start()
        self.end()

    def test_batch_in_doubt_and_another_writer(self):
        """As many commits as expected are there, but they are another one's: ours is written after them."""
        self.start()
        backend = self.centre.writer()
        os.kill(backend, signal.SIGSTOP)
        sent = submission(entry(COUNTY, "doubt"))
        self.wire.send(pb.Request(submit=pb.Submit(submission=sent.SerializeToString())))
        other = self.centre.wire("province")
        wait_for("the batch", lambda: other.ping().waiting == 1)
        self.centre.process.send_signal(signal.SIGSTOP)
        os.kill(backend, signal.SIGKILL)
        wait_for("the end of the backend", lambda: not os.path.exists(f"/proc/{backend}"))
        self.database.wait_recovered()
        self.database.execute("UPDATE journal_head SET seq = 1; INSERT INTO submission VALUES "
                              "(22, 1, gen_random_uuid(), 'x', sha256('x'), now(), 0, 0)")
        self.centre.process.send_signal(signal.SIGCONT)
        receipt = self.wire.receive(timeout=60).receipt
        self.assertEqual((receipt.id, receipt.seq), (sent.id, 2))
        self.assertEqual(self.count("doubt"), 1)
        self.end()

    def test_batch_in_doubt_that_was_lost_is_written_again(self):
        self.start()
        backend = self.centre.writer()
        os.kill(backend, signal.SIGSTOP)
        sent = submission(entry(COUNTY, "lost-batch"))
        self.wire.send(pb.Request(submit=pb.Submit(submission=sent.SerializeToString())))
        other = self.centre.wire("province")
        wait_for("the batch", lambda: other.ping().waiting == 1)
        os.kill(backend, signal.SIGKILL)
        self.assertEqual(self.wire.receive(timeout=60).receipt.id, sent.id)
        self.assertIn("event=batch_repeated", self.centre.log())
        self.assertEqual(self.count("lost-batch"), 1)
        self.end()

    def test_plan_that_was_changed_meanwhile_is_not_served(self):
        """Another directory's load on the same database, while the centre's connection is away."""
        self.start()
        self.database.stop()
        wait_for("the loss", lambda: "event=database_lost" in self.centre.log())
        self.centre.process.send_signal(signal.SIGSTOP)
        self.database.start()
        elsewhere = Centre(database=self.database, offices=("province",))
        edit_csv(os.path.join(elsewhere.plan, "units.csv"), lambda rows: rows[:-1])
        result = elsewhere.load()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.centre.process.send_signal(signal.SIGCONT)
        self.assertEqual(self.centre.process.wait(60), 4)
        self.assertIn("its units, forms or indicators were changed", self.centre.log())
        self.database.stop()

    def test_idle_centre_reconnects_by_itself(self):
        """Without any client: a connection that fails at once must not put the loop to sleep."""
        self.start()
        self.database.stop()
        wait_for("the loss", lambda: "event=database_lost" in self.centre.log())
        self.database.start()
        wait_for("the reconnection", lambda: self.centre.log().count("event=database_connected") == 2)
        self.end()

    def test_database_of_another_encoding(self):
        """Refused by name before anything is made in it: EUC_CN has no place for 镕."""
        database = Database("-E", "EUC_CN", "--locale=C")
        centre = Centre(database=database, offices=("province",))
        for result in (centre.load(), subprocess.run(centre.words("serve"), capture_output=True, text=True, check=False)):
            self.assertEqual(result.returncode, 4)
            self.assertIn("the database fupin is in EUC_CN", result.stderr)
        self.assertEqual(database.rows("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), [(0,)])
        database.stop()

    def test_time_limits_of_the_server_do_not_end_our_sessions(self):
        database = Database()
        for limit in ("idle_session_timeout", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            database.execute(f"ALTER ROLE fupin SET {limit} = '300ms'")
        centre = Centre(database=database, offices=("county-220122",), options=HURRIED).start()
        wire = centre.wire("county-220122")
        wire.submit(submission(entry(COUNTY, "before")))
        witness = database.connect()  # begins to be idle later than all of the centre's sessions
        wait_for("the end of an idle session", lambda: centre.is_broken(witness))
        self.assertEqual(wire.submit(submission(entry(COUNTY, "after"))).seq, 2)
        self.assertNotIn("event=database_lost", centre.log())
        database.execute("ALTER ROLE fupin RESET ALL")
        centre.verify()
        self.assertEqual(centre.stop(), 0)
        database.stop()

    def test_database_over_tls_with_a_password(self):
        """As libpq has them: --db with sslmode=verify-ca and a password; without them nobody gets in."""
        database = Database()
        database.execute("ALTER ROLE fupin PASSWORD 'geheim'")
        key, certificate = (os.path.join(database.data, name) for name in ("server.key", "server.crt"))
        subprocess.run(as_database_user() + ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                                             "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True, cwd="/")
        with open(os.path.join(database.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write("local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        # A TLS connection to the port, while the harness itself stays on the socket of the same number.
        database.stop()
        database.settings = ("-c", "ssl=on", "-c", "listen_addresses=127.0.0.1", "-c", f"port={port}")
        os.environ["PGPORT"] = str(port)
        try:
            database.start()
            # A copy that the centre's own user can read.
            trusted = os.path.join(new_directory(), "ca.crt")
            with open(certificate, encoding="utf-8") as source, open(trusted, "w", encoding="utf-8") as file:
                file.write(source.read())
            uri = f"postgresql://fupin:geheim@127.0.0.1:{port}/fupin?sslmode=verify-ca&sslrootcert={trusted}"
            centre = Centre(offices=("province", "county-220122"), options=("--db", uri)).start()
            with open(f"/proc/{centre.process.pid}/cmdline", "rb") as file:
                line = file.read()
            self.assertNotIn(b"geheim", line)  # whoever lists processes reads it
            self.assertIn(b"--db\0xxxx", line)
            centre.wire("county-220122").submit(submission(entry(COUNTY, "tls")))
            connection = database.connect()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM fund_entry WHERE voucher = 'tls'")
                self.assertEqual(cursor.fetchone(), (1,))
                cursor.execute("SELECT bool_and(ssl), count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
                               "WHERE application_name = 'fupind'")
                self.assertEqual(cursor.fetchone(), (True, True))
            connection.close()
            self.assertEqual(centre.stop(), 0)
            wrong = Centre(offices=("province",), options=("--db", uri.replace("geheim", "falsch"), *HURRIED))
            wrong.start(wait=False)
            self.assertEqual(wrong.process.wait(60), 4)
            self.assertIn("password authentication failed", wrong.log())
            self.assertNotIn("falsch", wrong.log())
        finally:
            del os.environ["PGPORT"]
            database.stop()

    def test_silent_database_does_not_hold_the_start(self):
        """A port that accepts and says nothing: SIGTERM ends the start, and it ends by itself."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            centre = Centre(offices=("province",))
            words = [*centre.words("serve"), *HURRIED, "--db", f"postgresql://127.0.0.1:{silent.getsockname()[1]}/x"]
            started = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
            silent.settimeout(30)
            line, _ = silent.accept()
            started.terminate()
            self.assertEqual(started.wait(10), -signal.SIGTERM)
            started.stderr.close()
            line.close()
            self.assertEqual(subprocess.run(words, capture_output=True, timeout=60, check=False).returncode, 4)

    def test_verify_while_the_embedded_database_recovers(self):
        """It waits for the running centre's server and never stops it."""
        centre = Centre().start()
        centre.wire("county-220122").submit(submission(entry(COUNTY, "recover")))
        with open(os.path.join(centre.data, "pg", "postmaster.pid"), encoding="utf-8") as file:
            os.kill(int(file.readline()), signal.SIGKILL)
        centre.verify()
        with open(os.path.join(centre.data, "pg.log"), encoding="utf-8") as file:
            self.assertNotIn("shutdown request", file.read())
        centre.stop()

    def test_first_host_falls_silent(self):
        """It takes connections and says nothing (a frozen machine); the second one is well."""
        database = Database()
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            uri = (f"postgresql:///fupin?host=127.0.0.1,{database.directory}&port={silent.getsockname()[1]},5432"
                   "&user=fupin")
            centre = Centre(offices=("county-220122",), options=("--db", uri, *HURRIED)).start()
            wire = centre.wire("county-220122")
            wire.submit(submission(entry(COUNTY, "before")))
            silent.listen(100)
            database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fupind'")
            wait_for("the loss", lambda: not wire.ping().store_ready)
            wait_for("the second host", lambda: wire.ping().store_ready)
            self.assertEqual(wire.submit(submission(entry(COUNTY, "after"))).seq, 2)
            self.assertEqual(centre.stop(), 0)
            centre.check_log()
        database.stop()

    def test_foreign_server_is_left_alone(self):
        """The number in a stale postmaster.pid may be anybody's by now."""
        foreign = Database()
        centre = Centre(offices=("province",), options=HURRIED).start()
        centre.stop()
        with open(os.path.join(centre.data, "pg", "postmaster.pid"), "w", encoding="utf-8") as file:
            file.write(f"{foreign.process.pid}\n")
        centre.start(wait=False)
        wait_for("the end or the start", lambda: centre.process.poll() is not None or os.path.exists(centre.ready))
        self.assertIsNone(foreign.process.poll())
        foreign.connect().close()
        centre.stop()
        foreign.stop()

    def test_root_gives_nobodys_directory_away(self):
        if os.geteuid() != 0:
            self.skipTest("only root can give a directory away")
        directory = new_directory()
        with open(os.path.join(directory, "mine"), "w", encoding="utf-8"):
            pass
        result = subprocess.run([FUPIND, "keygen", "--data", directory], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 4)
        self.assertIn("belongs to another user", result.stderr)
        self.assertEqual(os.stat(directory).st_uid, 0)

    def test_sigterm_writes_what_is_queued(self):
        self.start()
        sent = [submission(report(self.numbers, COUNTY, 201300 + month, people_lifted=month)) for month in range(1, 13)]
        for s in sent:
            self.wire.send(pb.Request(submit=pb.Submit(submission=s.SerializeToString())))
        seqs = [self.wire.receive().receipt.seq for _ in sent]
        self.centre.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.centre.process.wait(60), 0)
        self.assertEqual(self.centre.sql("SELECT count(*), max(seq) FROM submission"), [(12, max(seqs))])
        self.database.stop()


if __name__ == "__main__":
    unittest.main()
