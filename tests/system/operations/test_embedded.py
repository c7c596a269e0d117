"""The embedded database: made where it was named and nowhere else, led astray by no environment, restored to a point
in time and waited for meanwhile."""
import os
import re
import shutil
import signal
import socket
import subprocess
import unittest

from harness import (FUPIND, SLOW, Centre, Database, as_database_user, database_user, entry, new_directory, newest_postgresql,
                     submission, wait_for)

COUNTY = 220122


def run(*words, cwd="/", **options):
    return subprocess.run([FUPIND, *words], capture_output=True, text=True, check=False, cwd=cwd, timeout=120 * SLOW, **options)


class Named(unittest.TestCase):
    def test_only_serve_and_load_make_a_database(self):
        """And only in a directory that was named."""
        directory = new_directory()
        os.chmod(directory, 0o777)
        typo = os.path.join(directory, "typo")
        for words in ((), ("help", "serve"), ("serve", "--help"), ("version",), ("serve",), ("load", "--plan", "/"), ("verify",),
                      ("keygen",), ("verify", "--data", typo), ("verify", "--data", directory), ("--data", typo)):
            result = run(*words, cwd=directory)
            helps = "help" in " ".join(words) or words == ("version",)
            self.assertEqual(result.returncode, 0 if helps else 4 if words[:2] == ("verify", "--data") else 2, words)
            self.assertEqual(os.listdir(directory), [], words)
            if words == ("help", "serve"):
                self.assertIn("Commands\n", result.stdout)
            if result.returncode == 4:
                self.assertIn("No such file or directory", result.stderr)
        self.assertEqual(run("keygen", "--data", typo).returncode, 0)
        result = run("verify", "--data", typo)
        self.assertEqual(result.returncode, 4)
        self.assertIn("there is no database", result.stderr)
        self.assertNotIn("pg", os.listdir(typo))

    def test_environment_leads_nobody_elsewhere(self):
        elsewhere, foreign = Database(), Database()
        foreign.stop()
        with open(os.path.join(foreign.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write("local all all trust\nhost all all 127.0.0.1/32 trust\n")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        foreign.settings = ("-c", "listen_addresses=127.0.0.1", "-c", f"port={port}")
        os.environ["PGPORT"] = str(port)  # for the harness
        try:
            foreign.start()
            astray = {"PGHOSTADDR": "127.0.0.1", "PGPORT": str(port), "PGHOST": foreign.directory, "PGUSER": "fupin",
                      "PGDATABASE": "fupin", "PGOPTIONS": "-c search_path=nowhere", "PGSERVICE": "nowhere", "PGDATA": foreign.data,
                      "PGTARGETSESSIONATTRS": "standby", "PGDATESTYLE": "German", "PGSSLMODE": "require"}
            for database in (None, elsewhere):
                centre = Centre(database=database, offices=("county-220122",))
                centre.environment = dict(os.environ, **astray)
                del os.environ["PGPORT"]
                centre.start()
                centre.wire("county-220122").submit(submission(entry(COUNTY, "here")))
                self.assertEqual(centre.sql("SELECT count(*) FROM fund_entry"), [(1,)])
                self.assertEqual(centre.stop(), 0)
                os.environ["PGPORT"] = str(port)
                self.assertEqual(foreign.rows("SELECT (SELECT count(*) FROM plan), (SELECT count(*) FROM submission)"), [(0, 0)])
        finally:
            os.environ.pop("PGPORT", None)
            foreign.stop()
            elsewhere.stop()

    def test_cluster_is_checked_and_local(self):
        centre = Centre(is_new=True, offices=("province",)).start()
        self.assertEqual(centre.sql("SHOW data_checksums"), [("on",)])
        self.assertEqual(centre.sql("SHOW listen_addresses"), [("",)])
        self.assertEqual(centre.sql("SELECT DISTINCT type FROM pg_hba_file_rules"), [("local",)])
        self.assertEqual(centre.stop(), 0)
        centre.check_log()


class PointInTime(unittest.TestCase):
    """A real restore: a base backup, an archive, a target between two commits."""

    def setUp(self):
        self.directory = new_directory()
        self.archive, self.backup = os.path.join(self.directory, "archive"), os.path.join(self.directory, "backup")
        for path in (self.archive, self.backup):
            os.mkdir(path, 0o700)
            shutil.chown(path, database_user(), database_user())
        self.go = os.path.join(self.archive, "go")
        self.centre = Centre(offices=("county-220122",), options=("--accept-set-back", "yes"))
        self.settings(archive_mode="on", archive_command=f"cp %p {self.archive}/%f")
        self.centre.start()
        self.send("before")
        subprocess.run(as_database_user() + [os.path.join(newest_postgresql(), "pg_basebackup"), "-h",
                                             os.path.join(self.centre.data, "run"), "-U", database_user(), "-D", self.backup,
                                             "-c", "fast"], check=True, capture_output=True, cwd="/")
        self.send("wanted")
        self.switch()
        # The target lies in a segment of its own: until that is handed out, the server is a hot standby.
        self.held = self.centre.sql("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")[0][0]
        self.send("wanted too")
        self.centre.sql("SELECT pg_create_restore_point('here')")
        self.send("unwanted")
        self.switch()
        self.assertEqual(self.centre.stop(), 0)

    def send(self, voucher):
        self.assertGreater(self.centre.wire("county-220122").submit(submission(entry(COUNTY, voucher))).seq, 0)

    def settings(self, **settings):
        with open(os.path.join(self.centre.data, "pg", "postgresql.auto.conf"), "a", encoding="utf-8") as file:
            for name, value in settings.items():
                file.write(f"{name} = '{value}'\n")

    def switch(self):
        name = self.centre.sql("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
        wait_for("the archive", lambda: self.centre.sql("SELECT count(*) FROM pg_stat_archiver WHERE last_archived_wal >= %s", name) == [(1,)])

    def restore(self, start=True, **settings):
        data = os.path.join(self.centre.data, "pg")
        shutil.rmtree(data)
        subprocess.run(["cp", "-a", self.backup, data], check=True)
        self.settings(archive_mode="off", recovery_prefetch="off", recovery_target_name="here", restore_command=(
            f"test %f != {self.held} || while ! test -e {self.go}; do sleep 0.02; done; cp {self.archive}/%f %p"), **settings)
        with open(os.path.join(data, "recovery.signal"), "w", encoding="utf-8"):
            pass
        shutil.chown(os.path.join(data, "recovery.signal"), database_user(), database_user())
        self.log_before = len(self.centre.log())
        if start:
            self.centre.start(wait=False)

    def said(self):
        return self.centre.log()[self.log_before:]

    def hand_out(self):
        with open(self.go, "w", encoding="utf-8"):
            pass

    def is_told_to_end(self):
        """SIGTERM waits at the process."""
        with open(f"/proc/{self.centre.process.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"ShdPnd:\s*(\w+)", file.read()).group(1), 16) >> (signal.SIGTERM - 1) & 1

    def serves_the_past(self):
        self.centre.wait_ready()
        self.assertEqual(self.centre.sql("SELECT voucher FROM fund_entry ORDER BY seq"), [("before",), ("wanted",), ("wanted too",)])
        self.assertIn("event=database_recovered", self.said())
        self.send("after")
        self.centre.verify()
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()

    def test_restore(self):
        self.restore(recovery_target_action="promote")
        wait_for("its word", lambda: "event=database_recovering" in self.said())
        self.assertTrue(self.centre.sql("SELECT pg_is_in_recovery()")[0][0])
        self.hand_out()
        self.serves_the_past()

    def test_begun_by_the_operator(self):
        """In the same directory, by hand, with a socket of its own: left to its recovery, then taken over."""
        self.restore(start=False, recovery_target_action="promote")
        run = os.path.join(self.directory, "run")
        os.mkdir(run, 0o700)
        shutil.chown(run, database_user(), database_user())
        server = subprocess.Popen(as_database_user() + [os.path.join(newest_postgresql(), "postgres"), "-D", os.path.join(self.centre.data, "pg"),
                                                        "-c", "listen_addresses=", "-c", f"unix_socket_directories={run}", "-c", "port=5433"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        self.addCleanup(server.wait, 60 * SLOW)

        def is_standby():
            with open(os.path.join(self.centre.data, "pg", "postmaster.pid"), encoding="utf-8") as file:
                return file.read().splitlines()[-1].strip() == "ready"
        wait_for("the standby", lambda: os.path.exists(os.path.join(self.centre.data, "pg", "postmaster.pid")) and is_standby())
        self.centre.start(wait=False)
        wait_for("its word", lambda: "event=database_recovering" in self.said())
        self.assertIsNone(server.poll())
        self.hand_out()
        self.serves_the_past()
        self.assertEqual(server.wait(60 * SLOW), 0)

    def test_told_to_stop_meanwhile(self):
        """The recovery comes to its end before anything is stopped."""
        self.restore(recovery_target_action="promote")
        wait_for("its word", lambda: "event=database_recovering" in self.said())
        self.centre.process.terminate()
        wait_for("SIGTERM", self.is_told_to_end)
        self.hand_out()
        self.assertEqual(self.centre.process.wait(60 * SLOW), -signal.SIGTERM)
        self.assertIn("event=database_recovered", self.said())
        with open(os.path.join(self.centre.data, "pg.log"), encoding="utf-8") as file:
            log = file.read()
        self.assertIn("archive recovery complete", log)
        log_before = self.log_before
        self.centre.start(wait=False)
        self.log_before = log_before
        self.serves_the_past()

    def test_target_is_looked_at_first(self):
        """PostgreSQL's own default is to pause there: fupind says so, may be stopped, and goes on when it is told."""
        self.restore()
        self.hand_out()
        wait_for("the pause", lambda: "it has paused at its target" in self.said())
        self.assertEqual(self.centre.stop(), -signal.SIGTERM)
        self.centre.start(wait=False)
        wait_for("the pause again", lambda: self.said().count("it has paused at its target") == 2)
        self.centre.sql("SELECT pg_wal_replay_resume()")
        self.serves_the_past()


if __name__ == "__main__":
    unittest.main()
