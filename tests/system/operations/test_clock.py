"""A centre whose machine's clock jumps (libfaketime), on a database whose clock is right: nothing is committed meanwhile, and what
was wrong once closes no period."""
import glob
import os
import time
import unittest

from harness import SLOW, Centre, Database, entry, new_directory, pb, submission, wait_for
from wire import codes

COUNTY = 220122
LIBRARIES = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
YEARS = "+7300d"


@unittest.skipIf(SLOW > 1, "libfaketime does not go before a sanitizer's runtime")
@unittest.skipUnless(LIBRARIES, "libfaketime is not installed")
class Clock(unittest.TestCase):
    def setUp(self):
        self.database = Database()
        self.centre = Centre(database=self.database)
        self.file = os.path.join(new_directory(), "clock")
        os.chmod(os.path.dirname(self.file), 0o755)
        self.set("+0d")
        self.faked = dict(LD_PRELOAD=LIBRARIES[0], FAKETIME_TIMESTAMP_FILE=self.file, FAKETIME_NO_CACHE="1",
                          FAKETIME_DONT_FAKE_MONOTONIC="1", DONT_FAKE_MONOTONIC="1")
        self.centre.environment = dict(os.environ, **self.faked)

    def tearDown(self):
        self.centre.stop()
        self.database.stop()

    def set(self, offset):
        """At once: whoever reads the file sees the one or the other."""
        with open(self.file + ".new", "w", encoding="ascii") as file:
            file.write(offset + "\n")
        os.chmod(self.file + ".new", 0o644)
        os.rename(self.file + ".new", self.file)

    def send(self, voucher):
        return self.centre.wire(f"county-{COUNTY}").submit(submission(entry(COUNTY, voucher)))

    def test_jump_while_it_serves(self):
        self.centre.start()
        first = self.send("before")
        self.assertLess(abs(first.time_us / 1_000_000 - time.time()), 60)
        self.set(YEARS)
        refused = self.send("while")
        self.assertEqual(codes(refused), ["CLOCK_WRONG"])
        self.assertGreater(refused.retry_after_ms, 0)

        def told():
            """Of the second, when the database was asked for its clock."""
            self.assertEqual(codes(self.send("while")), ["CLOCK_WRONG"])
            return "event=clock_ahead" in self.centre.log()
        wait_for("the log", told)
        self.assertIn("timedatectl", self.centre.log())
        self.assertEqual(self.centre.wire("province").total(COUNTY, 201301, 201312, funds=True).units[0].funds[0].amount_fen, 100)
        # The office's program keeps it, and sends it when the clock is right.
        office = self.centre.offices[f"county-{COUNTY}"]
        sheet = os.path.join(office.home, "fund.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write(f"kind,unit,voucher,occurred,source,amount\nraised,{COUNTY},kept,2013-05-01,sector,1.00\n")
        told = office.run("submit", sheet, "--timeout", "2", check=4)
        self.assertIn("saved in the outbox", told.stdout + told.stderr)
        self.set("+0d")
        office.run("outbox", "send", check=0)
        self.assertIsInstance(self.send("while"), pb.Receipt)
        years = self.centre.sql("SELECT DISTINCT extract(year FROM recorded_at)::integer FROM submission")
        self.assertLessEqual({year for (year,) in years}, {time.gmtime().tm_year, time.gmtime().tm_year + 1})

    def test_clocks_that_were_behind_and_are_set_right(self):
        """That of the database, too: it is asked anew, and nothing stands still."""
        self.database.stop()
        self.database.before = ("env", *(f"{name}={value}" for name, value in self.faked.items()))
        self.set("-40d")
        self.database.start()
        self.centre.start()
        old = self.send("behind")
        self.assertGreater(time.time() - old.time_us / 1_000_000, 39 * 86400)
        self.set("+0d")
        wait_for("a receipt", lambda: isinstance(self.send("right"), pb.Receipt))
        self.assertNotIn("event=clock_ahead", self.centre.log())

    def test_start_with_a_wrong_clock(self):
        self.centre.start()
        self.send("before")
        self.assertEqual(self.centre.stop(), 0)
        self.set(YEARS)
        self.centre.start(wait=False)
        wait_for("its end", lambda: self.centre.process.poll() is not None, 60)
        self.assertNotEqual(self.centre.process.returncode, 0)
        self.assertIn("event=clock_ahead", self.centre.log())
        self.set("+0d")
        self.centre.start()
        self.assertIsInstance(self.send("after"), pb.Receipt)

    def test_a_commit_of_a_wrong_clock_closes_nothing(self):
        """Its time stays; what comes after it has its own, and as of that is before it."""
        self.centre.start()
        self.send("before")
        self.database.execute("UPDATE submission SET recorded_at = recorded_at + interval '20 years'")
        self.assertEqual(self.centre.stop(), 0)
        self.centre.start()
        receipt = self.send("after")
        self.assertLess(abs(receipt.time_us / 1_000_000 - time.time()), 60)
        self.assertIn("event=clock_behind_journal", self.centre.log())
        query = pb.TotalQuery(unit=COUNTY, **{"from": 201301, "to": 201312}, funds=True, as_of=pb.AsOf(time_us=receipt.time_us))
        total = self.centre.wire("province").ask(pb.Request(total=query)).total
        self.assertEqual((total.as_of.seq, total.units[0].funds[0].amount_fen), (2, 200))


if __name__ == "__main__":
    unittest.main()
