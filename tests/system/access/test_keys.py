"""Nobody reports in a county's name unseen: its `fupin status` tells of every other key that was admitted for its unit, by
whom and when, and what it sent. Deputies are welcome; they are told of, not refused."""
import json
import os
import re
import subprocess
import unittest

from harness import SLOW, Centre, Office, edit_csv, entry, pb, submission, wait_for
from newcomer import Newcomer, digits_of, enrol
from wire import codes

COUNTY, OTHER = 220122, 220112


class Keys(unittest.TestCase):
    def setUp(self):
        self.centre = Centre(offices=("admin", "province", f"county-{COUNTY}", f"county-{OTHER}")).start()
        self.admin, self.county, self.other = (self.centre.offices[n] for n in ("admin", f"county-{COUNTY}", f"county-{OTHER}"))

    def tearDown(self):
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()

    def told(self, office):
        return json.loads(office.run("status", "--format", "json", check=0).stdout)["standing"]["other_keys"]

    def load(self, change):
        """The file of principals, changed, as the whole of those who may connect."""
        edit_csv(os.path.join(self.centre.plan, "principals.csv"), change)
        self.assertEqual(self.centre.load_principals().returncode, 0)
        self.admin.run("reload", check=0)

    def spare(self, name):
        """A key that no principal has."""
        return Office(os.path.join(self.centre.directory, "spare"), name)

    def send(self, key, voucher):
        self.centre.offices["spare"] = key
        receipt = self.centre.wire("spare").submit(submission(entry(COUNTY, voucher)))
        self.assertIsInstance(receipt, pb.Receipt, receipt)
        return receipt

    def test_a_deputy_that_enrolled(self):
        self.assertEqual(self.told(self.county), [])
        self.assertNotIn("other key", self.county.run("status", check=0).stdout)
        deputy = Newcomer(self.centre, "deputy")
        enrol(self.admin, deputy, COUNTY, "--name", f"county-{COUNTY}-b")
        shown = self.county.run("status", check=0).stdout
        self.assertIn(f"other key   county-{COUNTY}-b, fingerprint {digits_of(deputy.key())}\n", shown)
        self.assertRegex(shown, r"            admitted 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d by admin\n")
        self.assertNotIn("in this unit's name", shown)
        self.centre.wire(f"county-{COUNTY}").submit(submission(entry(COUNTY, "own")))
        for voucher in ("b-1", "b-2"):
            receipt = deputy.wire(self.centre).submit(submission(entry(COUNTY, voucher)))
        shown = self.county.run("status", check=0).stdout
        self.assertRegex(shown, rf"            sent in this unit's name: 2, the last one seq {receipt.seq} 20\d\d-")
        self.assertRegex(self.county.run("status", language="zh_CN.UTF-8", check=0).stdout,
                         rf"其他密钥    county-{COUNTY}-b，指纹 [\d ]+\n            .+ 由 admin 接纳\n            已以本单位名义报送 2 次，最近一次序号 {receipt.seq}，")
        key, = self.told(self.county)
        self.assertEqual((key["name"], key["public_key"], key["admitted_by"], key["sent"], key["last_seq"], key["last_us"], key["ended_us"]),
                         (f"county-{COUNTY}-b", deputy.key(), "admin", 2, receipt.seq, receipt.time_us, 0))
        # The deputy sees the county's own key, nobody else sees either.
        own, = self.told(deputy)
        self.assertEqual((own["name"], own["public_key"], own["admitted_by"], own["sent"]), (f"county-{COUNTY}", self.county.public_key, "file", 1))
        self.assertEqual((self.told(self.other), self.told(self.centre.offices["province"])), ([], []))
        # After a restart, and after the key's end.
        self.assertEqual(self.centre.stop(), 0)
        self.centre.start()
        self.assertEqual(self.told(self.county), [key])
        self.admin.run("admin", "revoke", f"county-{COUNTY}-b", "--reason", "left", check=0)
        gone, = self.told(self.county)
        self.assertEqual((gone["ended_by"], gone["sent"]), ("admin", 2))
        self.assertGreater(gone["ended_us"], gone["admitted_us"])
        self.assertRegex(self.county.run("status", check=0).stdout, r"            taken out 20\d\d-.* by admin\n")

    def test_a_key_of_the_file(self):
        """Under a name of its own, and another unit's key that is moved here."""
        spare = self.spare("spare")
        row = {"name": "somebody", "role": "county", "unit": str(COUNTY), "public_key": spare.public_key}
        self.load(lambda rows: rows + [row])
        self.send(spare, "file-1")
        key, = self.told(self.county)
        self.assertEqual((key["name"], key["admitted_by"], key["sent"]), ("somebody", "file", 1))
        self.load(lambda rows: [r for r in rows if r["name"] != "somebody"])
        key, = self.told(self.county)
        self.assertEqual((key["ended_by"], key["sent"]), ("file", 1))

        def move(unit):
            def change(rows):
                for r in rows:
                    if r["name"] == f"county-{OTHER}":
                        r["unit"] = str(unit)
            return change
        self.load(move(COUNTY))
        self.send(self.other, "moved-1")
        self.load(move(OTHER))
        self.assertEqual([(k["name"], k["sent"], bool(k["ended_us"])) for k in self.told(self.county)],
                         [(f"county-{OTHER}", 1, True), ("somebody", 1, True)])

    def test_another_key_under_the_countys_own_name(self):
        """For a while, between two of the county's own submissions: a submission names only the principal."""
        spare = self.spare("spare")
        self.send(self.county, "before")

        def give(public_key):
            def change(rows):
                for r in rows:
                    if r["name"] == f"county-{COUNTY}":
                        r["public_key"] = public_key
            return change
        self.load(give(spare.public_key))
        receipt = self.send(spare, "meanwhile")
        self.load(give(self.county.public_key))
        self.send(self.county, "after")
        key, = self.told(self.county)
        self.assertEqual((key["name"], key["public_key"], key["sent"], key["last_seq"], key["ended_by"]),
                         (f"county-{COUNTY}", spare.public_key, 1, receipt.seq, "file"))

    def test_the_newest_are_told(self):
        for number in range(21):
            self.centre.sql("INSERT INTO door_event (who, action, name, unit, public_key) VALUES ('admin', 'admit', %s, %s, %s)",
                            f"n-{number}", COUNTY, f"{number:040}")
        shown = self.county.run("status", check=0).stdout
        self.assertEqual(re.findall(r"other key   (\S+),", shown), [f"n-{number}" for number in range(20, 15, -1)])
        self.assertIn("… and more: fupin status --format json", shown)
        answer = self.centre.wire(f"county-{COUNTY}").ask(pb.Request(keys=pb.KeyQuery())).keys
        self.assertEqual(([key.name for key in answer.keys], answer.more), ([f"n-{number}" for number in range(20, 0, -1)], True))

    def test_only_of_its_own_unit(self):
        """The question has no place for another unit: a field that would name one is refused."""
        wire = self.centre.wire(f"county-{OTHER}")
        query = pb.KeyQuery.FromString(pb.Unwatch(watch=COUNTY).SerializeToString())
        self.assertEqual(codes(wire.ask(pb.Request(keys=query)).refusal), ["FIELD_UNKNOWN"])

    def test_the_agent_tells(self):
        deputy = Newcomer(self.centre, "deputy")
        enrol(self.admin, deputy, COUNTY, "--name", "deputy")
        deputy.wire(self.centre).submit(submission(entry(COUNTY, "d-1")))
        agent = subprocess.Popen(self.county.command("agent"), stderr=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C"))
        try:
            def known():
                status = json.loads(self.county.run("status", "--format", "json").stdout)
                return status["agent"] and status.get("standing", {}).get("other_keys")
            key, = wait_for("the agent's report", known)
            shown = self.county.run("status", check=0).stdout
        finally:
            agent.terminate()
            agent.wait(30 * SLOW)
        self.assertEqual((key["name"], key["sent"], key["admitted_by"]), ("deputy", 1, "admin"))
        self.assertIn("agent       runs since", shown)
        self.assertIn(f"other key   deputy, fingerprint {digits_of(deputy.key())}", shown)
        self.assertIn("sent in this unit's name: 1, the last one seq ", shown)


if __name__ == "__main__":
    unittest.main()
