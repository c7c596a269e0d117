"""kill -9 in the middle: every receipt that a client holds is in the database, nothing is there twice."""
import json
import os
import random
import signal
import subprocess
import unittest

from harness import FUPIN, Centre, Database, wait_for

COUNTIES = ("county-220122", "county-220112", "county-222403", "county-220182")
SHEETS = 400
TIMEOUT = "120"


def write_sheets(directory, office, count):
    """Fund sheets of one row each; vouchers name office and sheet."""
    paths = []
    for i in range(count):
        path = os.path.join(directory, f"{office.name}-{i:03}.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("kind,unit,voucher,occurred,source,amount\n"
                       f"raised,{office.unit},{office.name}/{i},2013-05-01,sector,{i + 1}.00\n")
        paths.append(path)
    return paths


class Crash(unittest.TestCase):
    def start_clients(self, centre):
        clients = []
        for name in COUNTIES:
            office = centre.offices[name]
            sheets = write_sheets(centre.directory, office, SHEETS)
            with open(os.path.join(office.home, "out"), "wb") as out:
                clients.append(subprocess.Popen(
                    [FUPIN, "submit", "--home", office.home, "--each", "--quiet", "--timeout", TIMEOUT, *sheets],
                    stdout=out, stderr=subprocess.STDOUT))
        return clients

    def stored(self, centre):
        return centre.sql("SELECT count(*) FROM submission")[0][0]

    def check(self, centre, clients):
        for client in clients:
            self.assertEqual(client.wait(300), 0)
        held = {}
        for name in COUNTIES:
            status = centre.offices[name].run("status", "--format", "json", check=0)
            for item in json.loads(status.stdout)["submissions"]:
                self.assertEqual(item["state"], "receipted")
                held[item["id"]] = (item["seq"], item["digest"], item["time_us"])
        rows = centre.sql("SELECT id::text, seq, encode(digest, 'hex'), "
                          "(extract(epoch FROM recorded_at) * 1000000)::bigint FROM submission")
        self.assertEqual(held, {row[0]: (row[1], row[2], row[3]) for row in rows})
        self.assertEqual(len(rows), len(COUNTIES) * SHEETS)
        self.assertEqual(centre.sql("SELECT count(*), count(DISTINCT voucher), sum(amount_fen) FROM fund_entry"),
                         [(len(rows), len(rows), 100 * len(COUNTIES) * SHEETS * (SHEETS + 1) // 2)])
        centre.verify()

    def test_kill_fupind_five_times(self):
        """Each time right after some commits of this run, with the clients still sending."""
        source = random.Random(5)
        centre = Centre(offices=COUNTIES).start()
        clients = self.start_clients(centre)
        unfinished = 0
        for _ in range(5):
            commits = centre.log().count("event=commit") + source.randint(1, 2)
            while centre.log().count("event=commit") < commits and any(c.poll() is None for c in clients):
                signal.sigtimedwait([], 0.001)
            centre.kill()
            centre.start()
            unfinished += self.stored(centre) < len(COUNTIES) * SHEETS
        self.assertGreaterEqual(unfinished, 3, "the kills came too late to hit clients that send")
        self.check(centre, clients)
        self.assertEqual(centre.log().count("event=serving"), 6)
        centre.stop()
        centre.check_log()

    def test_kill_between_receipt_and_next_start(self):
        """Clients that start while the centre is dead get through once it is back."""
        centre = Centre(offices=COUNTIES).start()
        centre.kill()
        clients = self.start_clients(centre)
        for client in clients:
            self.assertIsNone(client.poll())
        centre.start()
        self.check(centre, clients)
        centre.stop()

    def test_kill_postgresql(self):
        """The server's own crash recovery; the batch in doubt is asked for, and written again or not."""
        database = Database()
        centre = Centre(database=database, offices=COUNTIES).start()
        clients = self.start_clients(centre)
        wait_for("the first submission", lambda: self.stored(centre) >= 1)
        backends = centre.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'fupind'")
        os.kill(backends[0][0], signal.SIGKILL)  # the postmaster ends all others and recovers
        wait_for("the reconnection", lambda: centre.log().count("event=database_connected") >= 2)
        self.check(centre, clients)
        # Once more, the whole server at once, with the centre idle; then it is used again.
        for path in os.listdir("/proc"):
            if path.isdigit():
                try:
                    with open(f"/proc/{path}/stat", encoding="utf-8") as file:
                        parent = file.read().rsplit(")", 1)[1].split()[1]
                except OSError:
                    continue
                if int(parent) == database.process.pid:
                    os.kill(int(path), signal.SIGKILL)
        database.stop(signal.SIGKILL)
        wait_for("the loss", lambda: not centre.wire("province" if "province" in centre.offices else COUNTIES[0])
                 .ping().store_ready)
        database.start()
        wait_for("the reconnection", lambda: centre.wire(COUNTIES[0]).ping().store_ready)
        centre.verify()
        centre.stop()
        centre.check_log()

    def test_embedded_postgresql_is_started_again(self):
        centre = Centre(offices=COUNTIES).start()
        with open(os.path.join(centre.data, "pg", "postmaster.pid"), encoding="utf-8") as file:
            os.kill(int(file.readline()), signal.SIGKILL)
        clients = self.start_clients(centre)
        self.check(centre, clients)
        self.assertIn("event=database_restarted", centre.log())
        centre.stop()
        centre.check_log()


if __name__ == "__main__":
    unittest.main()
