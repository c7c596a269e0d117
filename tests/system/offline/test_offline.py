"""A clerk without a network: sheets are checked and saved by what the centre said last, and go when it is there again."""
import json
import os
import re
import socket
import unittest

from harness import SLOW, Centre, new_directory, processor_seconds

COUNTY = 220122
HEADER = "unit,period,people_lifted,households_lifted,registered_people\n"
FUNDS = "kind,unit,voucher,occurred,source,amount\n"


class Offline(unittest.TestCase):
    def setUp(self):
        self.centre = Centre(offices=("province", f"county-{COUNTY}"), options=("--clock", "2013-07-10T09:00")).start()
        self.addCleanup(self.centre.stop)
        self.office = self.centre.offices[f"county-{COUNTY}"]
        self.directory = new_directory()

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def run_here(self, *words, check=None, **options):
        return self.office.run(*words, check=check, cwd=self.directory, **options)

    def go_offline(self):
        self.run_here("submit", check=0)  # what the centre says is kept from here on
        self.centre.stop()

    def hold_port(self):
        """Nobody else gets the centre's port while it is away: what connects there is refused."""
        port = socket.socket()
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind(("127.0.0.1", int(self.centre.endpoint.rsplit(":", 1)[1])))
        self.addCleanup(port.close)

    def test_months_offline(self):
        self.go_offline()
        months = [self.write(f"{month}.csv", f"{HEADER}{COUNTY},2013-{month:02},{month},1,900\n") for month in (1, 2, 3)]
        for count, name in enumerate(months, 1):
            out = self.run_here("submit", name, check=4)
            self.assertIn(f"{count} saved in the outbox, not yet sent", out.stderr)
        self.assertIn("3 件已存入发件箱，尚未送达", self.run_here("submit", "--offline", language="zh_CN.UTF-8", check=4).stderr)
        self.centre.start()
        out = self.run_here("submit", check=0).stdout
        self.assertEqual(re.findall(r": (.*)", out), months)
        seqs = [int(s) for s in re.findall(r"seq (\d+)", out)]
        self.assertEqual(seqs, sorted(seqs))
        self.assertEqual(self.centre.sql("SELECT count(*) FROM report WHERE unit = %s", COUNTY), [(3,)])
        self.centre.verify()

    def test_check(self):
        self.go_offline()
        good = self.write("good.csv", f"{HEADER}{COUNTY},2013-01,7,1,900\n")
        bad = self.write("bad.csv", f"{HEADER}{COUNTY},2013-01,7,1,900\n{COUNTY},2013-08,12x,1,900\n")
        self.assertEqual(self.run_here("check", good, check=0).stdout, "no problems: reports 1, fund entries 0, steps of projects 0\n")
        self.assertEqual(self.run_here("check", bad, check=3).stderr,
                         "bad.csv: row 3, column people_lifted: 12x is not a number with at most 0 decimals\n")
        answer = json.loads(self.run_here("check", bad, "--format", "json", check=3).stdout)
        self.assertEqual([(p["file"], p["row"], p["code"]) for p in answer["problems"]], [("bad.csv", 3, "NUMBER_INVALID")])
        # A month that has not come by the centre's clock, which goes on here.
        future = self.write("future.csv", f"{HEADER}{COUNTY},2013-08,7,1,900\n")
        self.assertIn("future.csv: row 2, column period", self.run_here("check", future, check=3).stderr)
        # Nothing was saved by any of this.
        self.assertIn("0 saved", self.run_here("submit", "--offline", check=4).stderr)

    def test_problems_are_found_offline_and_nothing_is_saved(self):
        self.go_offline()
        bad = self.write("bad.csv", f"{HEADER}{COUNTY},2013-01,7,1,900\n220112,2013-01,7,1,900\n")
        self.assertIn("bad.csv: row 3, column unit: unit 220112 is not in the plan", self.run_here("submit", bad, check=3).stderr)
        self.assertIn("0 saved", self.run_here("submit", "--offline", check=4).stderr)

    def test_first_time_needs_the_centre(self):
        self.centre.stop()
        self.hold_port()
        good = self.write("good.csv", f"{HEADER}{COUNTY},2013-01,7,1,900\n")
        for word in ("submit", "check"):
            self.assertIn("nothing takes connections", self.run_here(word, good, "--timeout", "1", check=4).stderr)
        self.assertFalse(os.path.exists(os.path.join(self.office.home, "outbox.db")))

    def test_damaged_or_foreign_memory_is_none(self):
        self.go_offline()
        self.hold_port()
        path, good = os.path.join(self.office.home, "centre.kept"), self.write("good.csv", f"{HEADER}{COUNTY},2013-01,7,1,900\n")
        with open(path, "rb") as file:
            whole = file.read()
        cases = [whole[:n] for n in (0, 200, len(whole) - 1)] + [whole + b"x"]
        cases += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:] for at in (0, 20, 70, 110, len(whole) - 1)]
        for content in cases:
            with open(path, "wb") as file:
                file.write(content)
            self.assertIn("nothing takes connections", self.run_here("check", good, "--timeout", "1", check=4).stderr)
        with open(path, "wb") as file:
            file.write(whole)
        self.run_here("check", good, check=0)
        # Another centre's words are not this one's.
        ini = os.path.join(self.office.home, "fupin.ini")
        with open(ini, encoding="utf-8") as file:
            text = file.read()
        with open(ini, "w", encoding="utf-8") as file:
            file.write(re.sub(r"public-key = .*", f"public-key = {self.office.public_key}", text))
        self.run_here("check", good, "--timeout", "1", check=4)

    def test_many_rows(self):
        """20,000 rows are looked through in a second of a processor, and go in parts; a row that is there twice is found across them."""
        rows = [f"raised,{COUNTY},v-{i},2013-01-15,sector,1.50\n" for i in range(20000)]
        self.write("many.csv", FUNDS + "".join(rows))
        self.run_here("submit", check=0)
        times = []
        for _ in range(3):
            before = processor_seconds()
            self.run_here("check", "many.csv", check=0)
            times.append(processor_seconds() - before)
        self.assertLess(min(times), 1 * SLOW)
        self.write("twice.csv", FUNDS + "".join(rows) + rows[7])
        self.assertRegex(self.run_here("check", "twice.csv", check=3).stderr, r"twice\.csv: row 20002, column voucher: .*v-7")
        out = self.run_here("submit", "many.csv", check=0).stdout
        self.assertEqual(re.findall(r"fund entries (\d+)", out), ["5000"] * 4)
        self.assertEqual(self.centre.sql("SELECT count(*), sum(amount_fen)::bigint FROM fund_entry WHERE unit = %s", COUNTY), [(20000, 3000000)])
        # The same sheet again is the same submissions.
        self.assertEqual(re.findall(r"seq (\d+)", self.run_here("submit", "many.csv", check=0).stdout), re.findall(r"seq (\d+)", out))
        self.centre.verify()


if __name__ == "__main__":
    unittest.main()
