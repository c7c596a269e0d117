"""The outbox: what is saved waits, in order, for its receipt; whatever happens to clients, lines, disks and clocks."""
import csv
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import unittest
import zipfile

from harness import SLOW, CentreTest, new_directory, pause, wait_for
from relay import NOWHERE, Relay, fund_sheet, save_offline, write_ini

COUNTY = 220122


class Outbox(CentreTest):
    options = {"offices": ("province", "admin", "county-220122", "county-220112", "county-222403", "county-220182",
                           "county-220183", "county-220181", "county-220881")}

    def listed(self, office, *words):
        return json.loads(office.run("outbox", "list", "--format", "json", *words, check=0).stdout)

    def vouchers(self, unit):
        return [row[0] for row in self.centre.sql(f"SELECT voucher FROM fund_entry WHERE unit = {unit} ORDER BY seq")]

    def test_life_of_a_submission(self):
        office = self.centre.offices["county-220122"]
        save_offline(office, fund_sheet(office, "甲-1"), fund_sheet(office, "甲-2"))
        key = self.centre.centre_key()
        write_ini(office, NOWHERE, key)  # no network, from here on
        one, two = self.listed(office)
        self.assertEqual((one["state"], two["state"], one["number"], two["number"]), ("waiting", "waiting", 1, 2))
        self.assertTrue(one["files"].endswith("甲-1.csv"))
        table = office.run("outbox", "list", check=0).stdout
        self.assertRegex(table, r"(?m)^ *1 +[0-9a-f-]{36} +waiting +\d{4}-\d\d-\d\d ")
        self.assertIn("待发送", office.run("outbox", "list", language="zh_CN.UTF-8", check=0).stdout)
        rows = list(csv.DictReader(io.StringIO(office.run("outbox", "list", "--format", "csv", check=0).stdout)))
        self.assertEqual([(r["no."], r["state"]) for r in rows], [("1", "waiting"), ("2", "waiting")])
        book = os.path.join(office.home, "list.xlsx")
        office.run("outbox", "list", "--output", book, check=0)
        self.assertTrue(zipfile.is_zipfile(book))
        self.assertEqual(self.listed(office, "--state", "refused"), [])
        # Giving up what may be there already takes a second word.
        refused = office.run("outbox", "drop", "2", check=3)
        self.assertIn("may already be at the centre", refused.stderr)
        self.assertIn("中心可能已经收到", office.run("outbox", "drop", "2", language="zh_CN.UTF-8", check=3).stderr)
        office.run("outbox", "drop", "2", "--yes", check=0)
        office.run("outbox", "retry", "1", check=3)
        office.run("outbox", "drop", "1", "7", "--yes", check=3)  # all or none
        self.assertEqual([s["state"] for s in self.listed(office)], ["waiting", "dropped"])
        write_ini(office, self.centre.endpoint, key)
        line = office.run("outbox", "send", check=0).stdout
        self.assertRegex(line, rf"^receipt {one['id']} seq \d+ ")
        one, two = self.listed(office)
        self.assertEqual((one["state"], two["state"]), ("receipted", "dropped"))
        self.assertEqual(f"seq {one['seq']} ", re.search(r"seq \d+ ", line).group())
        self.assertIn("has its receipt", office.run("outbox", "drop", "1", "--yes", check=3).stderr)
        # What was dropped may come again, as a new submission.
        office.run("submit", fund_sheet(office, "甲-2"), check=0)
        three = self.listed(office)[2]
        self.assertEqual((three["state"], three["number"]), ("receipted", 3))
        self.assertNotEqual(three["id"], two["id"])
        self.assertEqual(self.vouchers(COUNTY), ["甲-1", "甲-2"])

    def test_refused_again_and_dealt_with(self):
        office = self.centre.offices["county-222403"]
        sheet = os.path.join(office.home, "report.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("unit,period,replaces,people_lifted,households_lifted,registered_people\n222403,2013-07,5,77,20,900\n")
        office.run("submit", sheet, check=3)
        one, = self.listed(office, "--state", "refused")
        self.assertIn("the centre's current revision is 0", one["problems"])
        self.assertRegex(office.run("outbox", "list", check=0).stdout,
                         r"(?m)^1: .*report\.csv: row 2, column replaces: the centre's current revision is 0")
        self.assertRegex(office.run("outbox", "list", language="zh_CN.UTF-8", check=0).stdout,
                         r"(?m)^1: .*report\.csv: 第 2 行，“替换版本”列：中心现有版本为 0")
        office.run("outbox", "retry", "1", check=0)
        waiting, = self.listed(office)
        self.assertEqual((waiting["state"], waiting["id"], waiting["digest"]), ("waiting", one["id"], one["digest"]))
        office.run("outbox", "send", check=3)
        # The same content again is another submission; the first one is then not to be sent beside it.
        save_offline(office, sheet)
        self.assertIn("saved again since", office.run("outbox", "retry", "1", check=3).stderr)
        office.run("outbox", "drop", "2", "--yes", check=0)
        office.run("outbox", "drop", "1", check=0)
        self.assertIn("was dropped before", office.run("outbox", "drop", "1", check=3).stderr)
        self.assertEqual([s["state"] for s in self.listed(office)], ["dropped", "dropped"])

    def test_receipt_of_other_content_is_not_taken(self):
        office = self.centre.offices["county-220112"]

        def change(request, ask):
            reply = ask()
            if reply.WhichOneof("body") == "receipt":
                reply.receipt.digest = bytes(32)
            return reply
        with Relay(self.centre, office, change):
            result = office.run("submit", fund_sheet(office, "乙-1"), check=4)
            self.assertIn("a receipt came", result.stderr)
            self.assertIn("it is not taken", result.stderr)
            self.assertNotIn("receipt ", result.stdout)
            self.assertIn("不予采信", office.run("outbox", "send", language="zh_CN.UTF-8", check=4).stderr)
        self.assertEqual([s["state"] for s in self.listed(office)], ["waiting"])
        office.run("outbox", "send", check=0)
        self.assertEqual([s["state"] for s in self.listed(office)], ["receipted"])
        self.assertEqual(self.vouchers(220112), ["乙-1"])

    def test_two_clients_at_once(self):
        office = self.centre.offices["county-220182"]
        names = [f"丙-{i:02}" for i in range(30)]
        save_offline(office, *[fund_sheet(office, name) for name in names])
        clients = [subprocess.Popen(office.command("outbox", "send"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for _ in range(2)]
        more = office.run("submit", fund_sheet(office, "丙-99"), check=0).stdout  # and a third one saves
        for client in clients:
            out, err = client.communicate(timeout=60 * SLOW)
            self.assertEqual(client.returncode, 0, err)
            self.assertEqual(err, "")
        self.assertIn("receipt", more)
        self.assertEqual({s["state"] for s in self.listed(office)}, {"receipted"})
        self.assertEqual(sorted(self.vouchers(220182)), sorted(names + ["丙-99"]))

    def test_killed_while_it_delivers(self):
        office = self.centre.offices["county-220183"]
        names = [f"丁-{i:02}" for i in range(40)]
        save_offline(office, *[fund_sheet(office, name) for name in names])
        gone = []

        def change(request, ask):  # receipts get lost, now and then
            reply = ask()
            if reply.WhichOneof("body") == "receipt":
                gone.append(reply.receipt.id)
                pause()
                return None if len(gone) % 3 == 0 else reply
            return reply
        with Relay(self.centre, office, change):
            for least in (3, 9, 16):
                client = subprocess.Popen(office.command("outbox", "send"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                wait_for("receipts", lambda: len(gone) >= least)  # pylint: disable=cell-var-from-loop
                client.send_signal(signal.SIGKILL)
                client.wait(30)
        states = [s["state"] for s in self.listed(office)]
        self.assertEqual((len(states), set(states) - {"waiting", "receipted"}), (40, set()))
        office.run("outbox", "send", check=0)
        self.assertEqual({s["state"] for s in self.listed(office)}, {"receipted"})
        self.assertEqual(sorted(self.vouchers(220183)), names)

    def test_wrong_clock(self):
        """A machine in 1970, then in 2077, then where it should be."""
        office = self.centre.offices["county-220181"]
        directory = new_directory()
        source, shim = os.path.join(directory, "clock.c"), os.path.join(directory, "clock.so")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#define _GNU_SOURCE\n#include <stdlib.h>\n#include <sys/syscall.h>\n#include <time.h>\n#include <unistd.h>\n"
                       "int clock_gettime(clockid_t clock, struct timespec *out)\n{\n"
                       "\tint result = (int)syscall(SYS_clock_gettime, clock, out);\n"
                       "\tif (clock == CLOCK_REALTIME && getenv(\"CLOCK_AT\"))\n\t\tout->tv_sec = atol(getenv(\"CLOCK_AT\"));\n"
                       "\treturn result;\n}\n")
        subprocess.run([os.environ.get("FUPIN_CC", "cc"), "-shared", "-fPIC", source, "-o", shim], check=True)
        names = []
        office.run("submit", "--quiet", check=0)  # the catalogue
        for i, at in enumerate(("3600", "3376684800", None)):
            names.append(f"戊-{i}")
            env = dict(os.environ, LC_ALL="C", **({"LD_PRELOAD": shim, "CLOCK_AT": at, "ASAN_OPTIONS": "verify_asan_link_order=0"}
                                                  if at else {}))
            result = subprocess.run(office.command("submit", fund_sheet(office, names[-1]), "--offline"), env=env,
                                    capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 4, result.stderr)
        saved = self.listed(office)
        self.assertEqual([s["saved"][:4] for s in saved][:2], ["1970", "2077"])
        self.assertEqual([os.path.basename(s["files"]) for s in saved], [name + ".csv" for name in names])
        self.assertEqual(len({s["id"] for s in saved}), 3)
        out = office.run("outbox", "send", check=0).stdout
        self.assertEqual(re.findall(r"戊-\d", out), names)
        self.assertEqual(self.vouchers(220181), names)  # in the order of saving, whatever their times

    def run_on_terminal(self, office, *words):
        """What it writes to a terminal of 60 columns; its standard output goes elsewhere."""
        ours, theirs = pty.openpty()
        subprocess.run(["stty", "cols", "60"], stdin=theirs, check=True)
        process = subprocess.Popen(office.command(*words), stdout=subprocess.DEVNULL, stderr=theirs, env=dict(os.environ, LC_ALL="C"))
        os.close(theirs)
        text = b""
        while select.select([ours], [], [], 60 * SLOW)[0]:
            try:
                data = os.read(ours, 4096)
            except OSError:
                break
            if not data:
                break
            text += data
        os.close(ours)
        self.assertEqual(process.wait(60), 0, text)
        return text.decode()

    def test_bar(self):
        office = self.centre.offices["county-220881"]
        for words, shown in ((("submit",), True), (("submit", "--quiet"), False)):
            sheets = [fund_sheet(office, f"己-{len(words)}-{i}") for i in range(5)]
            text = self.run_on_terminal(office, *words, *sheets, "--each")
            self.assertEqual("[#" in text, shown, text)
            if shown:
                lines = re.findall(r"\r(sent [^\r\x1b]*)\x1b\[K", text)
                self.assertRegex(lines[-1], r"^sent 5/5 \[#+\] [\d.]+/s 0:00 left$")
                self.assertTrue(all(len(line) < 60 for line in lines), lines)
        self.assertEqual(office.run("submit", fund_sheet(office, "己-9"), check=0).stderr, "")


if __name__ == "__main__":
    unittest.main()
