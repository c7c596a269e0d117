"""No network at all: what waits goes to the centre on a stick, and the answers come back on it."""
import glob
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import unittest


from documents import PART, fetch, pdf
from harness import SLOW, Centre, CentreTest, Database, new_directory, pb, report, submission, wait_for
from relay import NOWHERE, Relay, fund_sheet, save_offline, write_ini
from sealing import ANSWERS, Header, close, join, raw, split, unseal, unsealed_by
from wire import codes, digest

OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112", "county-222403", "county-220182",
           "county-220183", "county-220181", "county-220581", "county-220582", "county-220822", "county-222424")


def listed(office):
    return json.loads(office.run("outbox", "list", "--format", "json", check=0).stdout)


def save(centre, office, *paths):
    """Into the outbox and no further; then the office has no network any more."""
    save_offline(office, *paths)
    write_ini(office, NOWHERE, centre.centre_key())


def save_document(centre, office, kind, path):
    """The same for a document: its bytes go out, and nothing comes back."""
    with Relay(centre, office, lambda request, ask: None if request.WhichOneof("body") in ("submit", "upload") else ask()) as relay:
        sender = subprocess.Popen(office.command("document", "send", kind, path, "--timeout", "100"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("its first part", lambda: relay.kept)
        sender.terminate()
        sender.wait(60 * SLOW)
    write_ini(office, NOWHERE, centre.centre_key())


def export(office, count):
    """The sealed file's path."""
    stick = new_directory()
    out = office.run("outbox", "export", stick, check=0).stdout
    assert f"{count} submissions sealed" in out, out
    path, = glob.glob(stick + "/*")
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


class Sealed(CentreTest):
    options = {"offices": OFFICES}

    def vouchers(self, unit):
        return [row[0] for row in self.centre.sql(f"SELECT voucher FROM fund_entry WHERE unit = {unit} ORDER BY seq")]

    def last_seq(self):
        return self.centre.wire("province").ping().as_of.seq

    def test_there_and_back(self):
        office, carrier = self.centre.offices["county-220122"], self.centre.offices["prefecture-2201"]
        names = ["甲-1", "甲-2", "甲-3"]
        save(self.centre, office, *[fund_sheet(office, name) for name in names])
        path = export(office, 3)
        self.assertRegex(os.path.basename(path), r"^fupin-220122-20\d{6}-[0-9a-f]{8}\.sealed$")
        self.assertEqual({s["state"] for s in listed(office)}, {"waiting"})
        self.assertNotIn("甲-1".encode(), read(path))
        out = carrier.run("carry", path, check=0).stdout
        ids = [s["id"] for s in listed(office)]
        self.assertEqual(re.findall(r": \d/3 (\S+): receipt, seq \d+", out), ids)
        self.assertEqual(self.vouchers(220122), names)
        receipts = path + ".receipts"
        again = shutil.copy(receipts, receipts + ".first")
        # Carried once more: the same receipts, nothing doubled.
        seq = self.last_seq()
        out = carrier.run("carry", path, check=0).stdout
        self.assertEqual(len(re.findall("already carried, seq", out)), 3)
        self.assertIn("receipts 3 (already carried 3)", out)
        self.assertIn("此前已收", carrier.run("carry", path, language="zh_CN.UTF-8", check=0).stdout)
        self.assertEqual((self.last_seq(), self.vouchers(220122)), (seq, names))
        out = office.run("outbox", "import", receipts, check=0).stdout
        self.assertEqual(re.findall(r"receipt (\S+) seq", out), ids)
        self.assertEqual({s["state"] for s in listed(office)}, {"receipted"})
        facts = [(s["seq"], s["time_us"]) for s in listed(office)]
        for replayed in (receipts, again):
            self.assertIn("were taken over before", office.run("outbox", "import", replayed, check=3).stderr)
            self.assertIn("此前均已导入", office.run("outbox", "import", replayed, language="zh_CN.UTF-8", check=3).stderr)
        self.assertEqual([(s["seq"], s["time_us"]) for s in listed(office)], facts)
        # Nothing waits any more, and the line, when it is there, brings nothing else.
        self.assertIn("nothing waits", office.run("outbox", "export", new_directory(), check=0).stdout)
        write_ini(office, self.centre.endpoint, self.centre.centre_key())
        office.run("outbox", "send", check=0)
        self.assertEqual((self.last_seq(), [(s["seq"], s["time_us"]) for s in listed(office)]), (seq, facts))

    def test_by_both_ways(self):
        office, carrier = self.centre.offices["county-220112"], self.centre.offices["province"]
        save(self.centre, office, fund_sheet(office, "乙-1"))
        path = export(office, 1)
        write_ini(office, self.centre.endpoint, self.centre.centre_key())
        line = office.run("outbox", "send", check=0).stdout
        out = carrier.run("carry", path, check=0).stdout
        self.assertIn("already carried, " + re.search(r"seq \d+", line).group().replace("seq", "seq"), out)
        office.run("outbox", "import", path + ".receipts", check=0)
        self.assertEqual(self.vouchers(220112), ["乙-1"])
        self.assertEqual([s["state"] for s in listed(office)], ["receipted"])

    def test_refused_inside(self):
        """What is wrong in a submission is the office's to know, not the carrier's."""
        office, carrier = self.centre.offices["county-222403"], self.centre.offices["prefecture-2201"]
        sheet = os.path.join(office.home, "report.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("unit,period,replaces,people_lifted,households_lifted,registered_people\n222403,2013-07,5,77,20,900\n")
        save(self.centre, office, sheet, fund_sheet(office, "丙-1"))
        path = export(office, 2)
        result = carrier.run("carry", path, check=3)
        self.assertRegex(result.stdout, r": 1/2 \S+: refused; ")
        self.assertRegex(result.stdout, r": 2/2 \S+: receipt, ")
        self.assertNotIn("revision", result.stdout + result.stderr)
        result = office.run("outbox", "import", path + ".receipts", check=3)
        self.assertRegex(result.stderr, r"report\.csv: row 2, .*the centre's current revision is 0")
        self.assertIn("receipts 1, refused 1", result.stdout)
        self.assertEqual([s["state"] for s in listed(office)], ["refused", "receipted"])
        # Sent again it waits again, and the old answer does not refuse it a second time.
        office.run("outbox", "retry", "1", check=0)
        office.run("outbox", "import", path + ".receipts", check=3)
        self.assertEqual([s["state"] for s in listed(office)], ["waiting", "receipted"])

    def test_refused_letter_stays_refused(self):
        """Handed in again when it could be accepted, it has the answer that it had; exported again it is judged anew."""
        office, carrier = self.centre.offices["county-220822"], self.centre.offices["prefecture-2201"]
        sheet = os.path.join(office.home, "second.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("unit,period,replaces,people_lifted,households_lifted,registered_people\n220822,2013-05,1,77,20,900\n")
        save(self.centre, office, sheet)
        path = export(office, 1)
        copy = shutil.copy(path, path + ".copy")
        self.assertIn(": refused; ", carrier.run("carry", path, check=3).stdout)
        first = self.centre.wire("county-220822").submit(submission(report(
            self.numbers, 220822, 201305, people_lifted=3, households_lifted=1, registered_people=90)))
        self.assertIsInstance(first, pb.Receipt, first)
        self.assertIn(": refused; ", carrier.run("carry", copy, check=3).stdout)
        revisions = "SELECT count(*) FROM report WHERE unit = 220822 AND period = 201305"
        self.assertEqual(self.centre.sql(revisions), [(1,)])
        for receipts in (path, copy):  # the same answer
            head, letters = split(read(receipts + ".receipts"))
            content = unseal(head, 0, letters[0], raw(office.secret_key))
            self.assertIn("current revision is 0", pb.Reply.FromString(content[32:]).refusal.problems[0].text)
        office.run("outbox", "import", copy + ".receipts", check=3)
        office.run("outbox", "retry", "1", check=0)
        carrier.run("carry", export(office, 1), check=0)
        self.assertEqual(self.centre.sql(revisions), [(2,)])
        carrier.run("carry", copy, check=3)
        self.assertEqual(self.centre.sql(revisions), [(2,)])

    def test_voided(self):
        """A letter nobody can find: its id is used up, unless it was booked already, which is told."""
        office, carrier = self.centre.offices["county-222424"], self.centre.offices["prefecture-2201"]
        save(self.centre, office, fund_sheet(office, "废-1"), fund_sheet(office, "废-2"))
        lost = export(office, 2)
        head, letters = split(read(lost))
        wire = self.centre.wire("prefecture-2201")
        booked = wire.ask(pb.Request(carry=pb.Carry(header=head.write(), number=1, letter=letters[1])))
        self.assertTrue(booked.carried.taken)
        self.assertIn("drop it first", office.run("outbox", "void", "1", check=3).stderr)
        office.run("outbox", "drop", "1", "2", "--yes", check=0)
        office.run("outbox", "void", "1", "2", check=0)
        write_ini(office, self.centre.endpoint, self.centre.centre_key())
        self.assertRegex(office.run("outbox", "send", check=3).stdout, r"receipt .*\(void\)")
        self.assertEqual([s["state"] for s in listed(office)], ["receipted", "refused"])
        self.assertIn("letters refused 1", carrier.run("carry", lost, check=3).stdout)
        self.assertEqual(self.vouchers(222424), ["废-2"])
        # The answers to what was voided change nothing; what was booked has its receipt by asking again.
        office.run("outbox", "import", lost + ".receipts", check=3)
        self.assertEqual([s["state"] for s in listed(office)], ["receipted", "refused"])
        office.run("outbox", "retry", "2", check=0)
        office.run("outbox", "send", check=0)
        self.assertEqual([(s["state"], s["files"].endswith("(void)")) for s in listed(office)], [("receipted", True), ("receipted", False)])
        self.assertEqual(listed(office)[1]["seq"], booked.carried.seq)
        # By the document: with rows it is neither; twice it is once.
        own, message = self.centre.wire("county-222424"), submission()
        message.voided = True
        first = own.submit(message)
        self.assertEqual((first.reports, first.fund_entries, first.others, own.submit(message)), (0, 0, 0, first))
        message.reports.append(report(self.numbers, 222424, 201304, people_lifted=3))
        self.assertEqual(codes(own.submit(message)), ["MALFORMED"])
        message.voided = False
        self.assertEqual(codes(own.submit(message)), ["ID_REUSED"])

    def test_expired(self):
        """By the header's time, whatever it is; nothing of it is opened."""
        office, wire, now = self.centre.offices["county-220181"], self.centre.wire("admin"), int(time.time() * 1e6)
        day = 86400 * 10**6
        content = pb.Request(submit=pb.Submit(submission=b"nonsense")).SerializeToString()
        for time_us, expired in ((now - 91 * day, False), (now - 93 * day, True), (now + day, False), (now + 3 * day, True),
                                 (0, True), (-2**63, True), (2**63 - 1, True)):
            header = Header(raw(office.public_key), raw(self.centre.centre_key()), 1, time_us=time_us)
            reply = wire.ask(pb.Request(carry=pb.Carry(header=header.write(), number=0, letter=close(header, 0, content, raw(office.secret_key)))))
            self.assertEqual(codes(reply.refusal) if expired else reply.WhichOneof("body"), ["SEAL_EXPIRED"] if expired else "carried", time_us)

    def documents(self, office):
        """Kind, version and bytes of what the centre has of it, by somebody else's line."""
        answer = self.centre.wire("province").ask(pb.Request(documents=pb.DocumentQuery(unit=office.unit))).documents
        return [(item.key.kind, item.key.version, fetch(self.centre.wire("province"), office.unit, item.key.kind)) for item in answer.documents
                if item.key.version]

    def save_document(self, office, kind, data, name):
        path = write(os.path.join(office.home, name), data)
        save_document(self.centre, office, kind, path)
        return path

    def test_documents(self):
        """Their files go before them, in parts; twice is once."""
        office, carrier = self.centre.offices["county-220581"], self.centre.offices["prefecture-2201"]
        plan, acceptance = pdf(3 * PART + 17), pdf(PART, seed=1)
        save(self.centre, office, fund_sheet(office, "壬-1"))
        self.save_document(office, "plan", plan, "实施方案.pdf")
        gone = self.save_document(office, "acceptance", acceptance, "验收报告.pdf")
        os.rename(gone, gone + ".away")
        result = office.run("outbox", "export", new_directory(), check=0)
        self.assertIn("2 submissions sealed", result.stdout)
        self.assertRegex(result.stderr, "验收报告.pdf: left out: .*cannot be read")
        write(gone, acceptance[:-1] + b"!")
        result = office.run("outbox", "export", new_directory(), language="zh_CN.UTF-8", check=0)
        self.assertRegex(result.stderr, "验收报告.pdf：未导出：")
        os.rename(gone + ".away", gone)
        path = export(office, 3)
        head, letters = split(read(path))
        self.assertEqual((head.count, len(letters)), (1 + (1 + 4 + 1) + (1 + 1 + 1),) * 2)
        self.assertNotIn(plan[100:200], read(path))
        out = carrier.run("carry", path, check=0).stdout
        self.assertIn("receipts 3 (already carried 0), letters refused 0, not handed in 0", out)
        self.assertEqual(re.findall(r": (\d+)/10 \S+: receipt", out), ["1", "7", "10"])
        self.assertEqual(self.documents(office), [(1, 1, plan), (2, 1, acceptance)])
        again = carrier.run("carry", path, check=0).stdout
        self.assertIn("receipts 3 (already carried 3), letters refused 0, not handed in 0", again)
        out = office.run("outbox", "import", path + ".receipts", check=0).stdout
        self.assertIn("receipts 3, refused 0, known before 0, not handed in yet 0", out)
        self.assertEqual({s["state"] for s in listed(office)}, {"receipted"})
        self.assertEqual(self.documents(office), [(1, 1, plan), (2, 1, acceptance)])

    def test_refused_document(self):
        """What was wrong with the file is said, not only that the centre does not have it."""
        office, carrier = self.centre.offices["county-220582"], self.centre.offices["prefecture-2201"]
        data = pdf(PART + 5)
        self.save_document(office, "plan", data, "方案.pdf")
        path = export(office, 1)
        head, letters = split(read(path))
        secret, centre = raw(office.secret_key), raw(self.centre.centre_key())
        # The office's own key, and a part that is not of this file: nobody else could have made it.
        requests = [pb.Request.FromString(unsealed_by(head, i, letter, secret, centre)) for i, letter in enumerate(letters)]
        self.assertEqual([r.WhichOneof("body") for r in requests], ["upload", "upload", "upload", "submit"])
        requests[1].upload.part = b"x" * PART
        contents = [r.SerializeToString() for r in requests]
        database = sqlite3.connect(os.path.join(office.home, "outbox.db"))
        with database:
            database.execute("UPDATE sealed_letter SET digest = ? WHERE file = ? AND number = 1", (digest(contents[1]), head.file))
        database.close()
        write(path, join(head, [close(head, i, content, secret) for i, content in enumerate(contents)]))
        result = carrier.run("carry", path, check=3)
        self.assertRegex(result.stdout, "3/4 -: refused")
        self.assertRegex(result.stdout, r"4/4 \S+: refused")
        result = office.run("outbox", "import", path + ".receipts", check=3)
        self.assertIn("do not have the digest that was told", result.stderr)
        self.assertNotIn("its bytes go first", result.stderr)
        self.assertEqual([s["state"] for s in listed(office)], ["refused"])

    said = set()

    def refused_file(self, carrier, data, *sentences, verb="carry", name="bad.sealed", office=None):
        path = write(os.path.join(new_directory(), name), data)
        words = ("carry", path) if verb == "carry" else ("outbox", "import", path)
        for language, sentence in zip(("C", "zh_CN.UTF-8"), sentences):
            if language != "C" and sentence in self.said:
                continue  # once is enough
            self.said.add(sentence)
            result = (office or carrier).run(*words, language=language, check=3)
            self.assertIn(name, result.stderr)
            self.assertIn(sentence, result.stderr)

    def test_bad_files(self):
        office, other = self.centre.offices["county-220182"], self.centre.offices["county-220183"]
        carrier = self.centre.offices["prefecture-2201"]
        save(self.centre, office, *[fund_sheet(office, f"丁-{i}") for i in range(3)])
        save(self.centre, other, fund_sheet(other, "戊-1"))
        path, seq = export(office, 3), self.last_seq()
        good, elsewhere = read(path), read(export(other, 1))
        header, letters = split(good)
        foreign, carried = split(elsewhere)[1], (carrier,)
        cut, changed = ("is cut off", "密封文件不完整"), ("was changed since", "写成后被改动")
        none = ("not a sealed file", "不是此处所需的密封文件")
        self.refused_file(*carried, b"", *none)
        self.refused_file(*carried, b"unit,period\n220122,2013-04\n", *none)
        for size in (20, 108, 200, len(good) // 2, len(good) - 33, len(good) - 1):
            self.refused_file(*carried, good[:size], *cut)
        for at in (20, 85, 100, 150, len(good) - 40, len(good) - 1):
            bad = bytearray(good)
            bad[at] ^= 1
            sentences = ("sealed for another centre", "封给另一中心") if 48 <= at < 80 else changed
            self.refused_file(*carried, bytes(bad), *sentences)
        self.refused_file(*carried, good + b"\0", *changed)
        newer = Header(header.office, header.centre, 3, file=header.file, time_us=header.time_us, version=2)
        self.refused_file(*carried, join(newer, letters), "is of version 2", "第 2 版")
        stranger = Header(header.office, os.urandom(32), 3)
        self.refused_file(*carried, join(stranger, letters), "sealed for another centre", "封给另一中心")
        # One bad file, and the good one beside it is not sent either.
        bad = write(os.path.join(new_directory(), "bad.sealed"), good[:-1])
        self.assertIn("nothing was handed in", carrier.run("carry", path, bad, check=3).stderr)
        # Put together anew, with a digest that fits: the centre sees it.
        misplaced, open_ = ("does not belong at this place", "不属于本文件的这一位置"), ("cannot be opened", "无法开封")
        self.refused_file(*carried, join(header, [letters[1], letters[0], letters[2]]), *misplaced)
        self.refused_file(*carried, join(Header(header.office, header.centre, 2, file=header.file, time_us=header.time_us),
                                         letters[:2]), *misplaced)
        self.refused_file(*carried, join(Header(header.office, header.centre, 3), letters), *misplaced)
        self.refused_file(*carried, join(header, [foreign[0]] + letters[1:]), *open_)
        self.refused_file(*carried, join(Header(raw(other.public_key), header.centre, 3, file=header.file,
                                                time_us=header.time_us), letters), *open_)
        self.refused_file(*carried, join(Header(os.urandom(32), header.centre, 3, file=header.file, time_us=header.time_us),
                                         letters), "does not know, or no longer", "不在本中心名册中")
        self.assertEqual((self.last_seq(), self.vouchers(220182), self.vouchers(220183)), (seq, [], []))
        self.assertEqual({s["state"] for s in listed(office)}, {"waiting"})
        # The way back.
        carrier.run("carry", path, check=0)
        answers = read(path + ".receipts")
        head, replies = split(answers)
        own = {"verb": "import", "name": "bad.receipts", "office": office}
        self.refused_file(carrier, good, "it holds submissions", "内为报送", **own)
        self.refused_file(carrier, answers[:-7], *cut, **own)
        for at in (100, 150, len(answers) - 1):
            bad = bytearray(answers)
            bad[at] ^= 1
            self.refused_file(carrier, bytes(bad), *changed, **own)
        self.refused_file(carrier, join(head, [replies[1], replies[0], replies[2]]), *misplaced, **own)
        self.refused_file(carrier, join(head, [letters[0]] + replies[1:]), *misplaced, **own)  # sent back as an answer
        self.refused_file(carrier, join(head, [foreign[0]] + replies[1:]), *open_, **own)
        self.refused_file(carrier, join(Header(head.office, head.centre, 3, ANSWERS), replies), "does not belong", "不属于本文件", **own)
        self.refused_file(carrier, join(Header(head.office, os.urandom(32), 3, ANSWERS, head.file, head.time_us), replies),
                          "sealed for another centre", "封给另一中心", **own)
        self.refused_file(carrier, answers, "not for this office's outbox", "不属于本单位的发件箱",
                          **dict(own, office=other))
        self.refused_file(carrier, join(Header(head.office, head.centre, 3, ANSWERS, head.file, head.time_us, 9), replies),
                          "is of version 9", "第 9 版", **own)
        self.assertEqual({s["state"] for s in listed(office)}, {"waiting"})
        # Half of the answers, then all of them.
        half = write(os.path.join(new_directory(), "half.receipts"), join(head, [b"", replies[1], b""]))
        self.assertIn("not handed in yet 2", office.run("outbox", "import", half, check=0).stdout)
        self.assertEqual([s["state"] for s in listed(office)], ["waiting", "receipted", "waiting"])
        self.assertIn("receipts 2, refused 0, known before 1", office.run("outbox", "import", path + ".receipts", check=0).stdout)
        self.assertEqual({s["state"] for s in listed(office)}, {"receipted"})

    def test_from_the_document(self):
        """A letter made from PROTOCOL.md alone, by an office with a key; and each refusal with its code."""
        office, admin = self.centre.offices["county-220181"], self.centre.offices["admin"]
        wire = self.centre.wire("admin")  # whoever it is may carry
        secret, centre = raw(office.secret_key), raw(self.centre.centre_key())
        def letter_of(**body):
            return pb.Request(**body).SerializeToString()
        inside = submission(report(self.numbers, 220181, 201304, people_lifted=3)).SerializeToString()
        own = letter_of(submit=pb.Submit(submission=inside))
        outside = letter_of(submit=pb.Submit(submission=submission(report(self.numbers, 220182, 201304, people_lifted=3)).SerializeToString()))
        header = Header(raw(office.public_key), centre, 3)

        def carry(number, letter, head=header):
            data = head if isinstance(head, bytes) else head.write()
            return wire.ask(pb.Request(carry=pb.Carry(header=data, number=number, letter=letter)))

        def answer(reply, number):
            self.assertEqual(reply.WhichOneof("body"), "carried")
            back = Header(header.office, centre, 3, ANSWERS, header.file, header.time_us)
            content = unseal(back, number, reply.carried.answer, secret)
            return content[:32], pb.Reply.FromString(content[32:])

        first = carry(0, close(header, 0, own, secret))
        about, reply = answer(first, 0)
        self.assertEqual((about, reply.request_id, reply.receipt.digest), (digest(own), 0, digest(inside)))
        self.assertEqual((first.carried.seq, first.carried.again, first.carried.taken, first.carried.id),
                         (reply.receipt.seq, False, True, reply.receipt.id))
        second = carry(0, close(header, 0, own, secret))
        self.assertEqual((second.carried.again, answer(second, 0)[1].receipt), (True, reply.receipt))
        # The office's own scope and role hold, whoever carries.
        for number, content, code in ((1, outside, pb.UNIT_OUT_OF_SCOPE), (2, b"nonsense", pb.MALFORMED), (1, b"", pb.REQUEST_UNKNOWN),
                                      (1, letter_of(submit=pb.Submit(submission=b"nonsense")), pb.MALFORMED),
                                      (0, letter_of(total=pb.TotalQuery(unit=220181)), pb.REQUEST_UNKNOWN),
                                      (0, letter_of(carry=pb.Carry(letter=b"x")), pb.REQUEST_UNKNOWN),
                                      (0, letter_of(upload=pb.Upload(unit=220182, digest=b"x" * 32, size=9, type=pb.PDF)), pb.UNIT_OUT_OF_SCOPE)):
            refused = carry(number, close(header, number, content, secret))
            about, reply = answer(refused, number)
            self.assertEqual((about, refused.carried.seq, refused.carried.taken, [p.code for p in reply.refusal.problems][:1]),
                             (digest(content), 0, False, [code]))
        self.assertEqual(refused.carried.id, b"")
        by_admin = Header(raw(admin.public_key), centre, 1)
        reply = carry(0, close(by_admin, 0, own, raw(admin.secret_key)), by_admin)
        self.assertEqual((reply.WhichOneof("body"), reply.carried.seq), ("carried", 0))
        # What cannot be opened.
        letter = close(header, 0, own, secret)
        broken = bytearray(letter)
        broken[60] ^= 4
        unknown = Header(os.urandom(32), centre, 3)
        for code, reply in ((pb.SEAL_UNREADABLE, carry(0, letter, b"")), (pb.SEAL_UNREADABLE, carry(0, letter, header.write() + b"x")),
                            (pb.SEAL_UNREADABLE, carry(0, letter, Header(header.office, centre, 3, ANSWERS))),
                            (pb.SEAL_UNREADABLE, carry(0, letter, Header(header.office, centre, 0))),
                            (pb.SEAL_VERSION, carry(0, letter, Header(header.office, centre, 3, version=2))),
                            (pb.SEAL_OTHER_CENTRE, carry(0, letter, Header(header.office, os.urandom(32), 3))),
                            (pb.SEAL_FOREIGN, carry(0, letter, unknown)),
                            (pb.SEAL_CHANGED, carry(0, bytes(broken))), (pb.SEAL_CHANGED, carry(0, b"")),
                            (pb.SEAL_CHANGED, carry(0, letter[:247])),
                            (pb.SEAL_CHANGED, carry(0, close(header, 0, own, secret, signer=os.urandom(32)))),
                            (pb.SEAL_CHANGED, carry(0, os.urandom(1500000))),
                            (pb.SEAL_CHANGED, carry(0, letter, Header(raw(admin.public_key), centre, 3))),
                            (pb.SEAL_MISPLACED, carry(1, letter)), (pb.SEAL_MISPLACED, carry(3, letter)),
                            (pb.SEAL_MISPLACED, carry(0, letter, Header(header.office, centre, 3)))):
            self.assertEqual((reply.WhichOneof("body"), [p.code for p in reply.refusal.problems], reply.refusal.retry_after_ms),
                             ("refusal", [code], 0))
        self.assertEqual(len(self.centre.sql("SELECT 1 FROM report WHERE unit IN (220181, 220182)")), 1)


class Trouble(unittest.TestCase):
    """What needs a centre of its own."""

    def setUp(self):
        self.centre = Centre(offices=("admin", "prefecture-2201", "county-220122", "county-220112")).start()
        self.office, self.carrier = self.centre.offices["county-220122"], self.centre.offices["prefecture-2201"]

    def tearDown(self):
        self.centre.verify()
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()

    def vouchers(self):
        return [row[0] for row in self.centre.sql("SELECT voucher FROM fund_entry ORDER BY seq")]

    def test_revoked_office(self):
        save(self.centre, self.office, fund_sheet(self.office, "甲-1"))
        path = export(self.office, 1)
        self.centre.admit("admin", "prefecture-2201", "county-220112")
        self.assertEqual(self.centre.load_principals().returncode, 0)
        wait_for("the revocation", lambda: "count=3" in self.centre.log())
        result = self.carrier.run("carry", path, check=3)
        self.assertIn("does not know, or no longer", result.stderr)
        self.assertIn("stopped at letter 1 of 1", result.stderr)
        self.assertEqual((self.vouchers(), os.path.exists(path + ".receipts")), ([], False))
        # Admitted again, the same file is good.
        self.centre.admit("admin", "prefecture-2201", "county-220112", "county-220122")
        self.assertEqual(self.centre.load_principals().returncode, 0)
        wait_for("the admission", lambda: self.centre.log().count("count=4") > 1)
        self.carrier.run("carry", path, check=0)
        self.assertEqual(self.vouchers(), ["甲-1"])

    def test_carrier_revoked_while_it_hands_in(self):
        """It is told so, once, and the centre lives; what was committed is committed."""
        save(self.centre, self.office, fund_sheet(self.office, "己-1"))
        path = export(self.office, 1)
        head, letters = split(read(path))
        wire = self.centre.wire("prefecture-2201")
        holder = self.centre.lock("LOCK TABLE fund_entry IN SHARE MODE")
        self.addCleanup(holder.close)
        wire.send(pb.Request(carry=pb.Carry(header=read(path)[:108], number=0, letter=letters[0])))
        wait_for("the letter on its way", lambda: self.centre.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")[0][0])
        self.centre.admit("admin", "county-220122", "county-220112")
        self.assertEqual(self.centre.load_principals().returncode, 0)
        self.centre.process.send_signal(signal.SIGHUP)  # the connection that hears of it is the one that waits
        wait_for("the revocation", lambda: "count=3" in self.centre.log())
        holder.rollback()
        reply = wire.receive()
        self.assertEqual((reply.WhichOneof("body"), codes(reply.refusal)), ("refusal", ["NOT_ADMITTED"]))
        wait_for("the commit", lambda: self.vouchers() == ["己-1"])
        self.assertEqual(self.centre.log().count("code=NOT_ADMITTED"), 1)

    def test_part_lost_in_a_crash(self):
        """Parts are not waited for on disk. One that is gone sends the carrier back to the beginning, not the office away."""
        data = pdf(3 * PART)
        save_document(self.centre, self.office, "plan", write(os.path.join(self.office.home, "方案.pdf"), data))
        path = export(self.office, 1)
        head, letters = split(read(path))
        wire = self.centre.wire("prefecture-2201")

        def carry(number):
            return wire.ask(pb.Request(carry=pb.Carry(header=read(path)[:108], number=number, letter=letters[number])))
        self.assertTrue(all(carry(number).carried.taken for number in (0, 1, 2)))
        self.centre.sql("DELETE FROM document_part WHERE part = 1")
        self.centre.sql("UPDATE document_file SET received = 262144")
        self.later(carry(3))
        self.centre.sql("DELETE FROM document_file")
        self.later(carry(3))
        self.assertIn("letters refused 0, not handed in 0", self.carrier.run("carry", path, check=0).stdout)
        self.office.run("outbox", "import", path + ".receipts", check=0)
        self.assertEqual(fetch(self.centre.wire("admin"), 220122, 1), data)

    def later(self, reply):
        self.assertEqual((reply.WhichOneof("body"), codes(reply.refusal)), ("refusal", ["BUSY"]))
        self.assertGreater(reply.refusal.retry_after_ms, 0)

    def test_centre_killed_while_it_is_handed_in(self):
        names = [f"乙-{i:02}" for i in range(30)]
        save(self.centre, self.office, *[fund_sheet(self.office, name) for name in names])
        path = export(self.office, 30)
        for most in (3, 12):  # killed twice, after so many answers and a commit without one
            answered = []

            def change(request, ask, most=most, answered=answered):
                reply = ask() if len(answered) <= most else None
                if request.WhichOneof("body") == "carry":
                    answered.append(reply)
                return reply if len(answered) <= most else None
            with Relay(self.centre, self.carrier, change):
                carrier = subprocess.Popen(self.carrier.command("carry", path, "--timeout", "2"), stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL, text=True)
                for _ in range(most):
                    carrier.stdout.readline()
                wait_for("the commit without an answer", lambda answered=answered, most=most: len(answered) > most)
                self.centre.kill()
                carrier.communicate(timeout=60 * SLOW)
            self.assertEqual(carrier.returncode, 4)
            self.centre.start()
            write_ini(self.office, NOWHERE, self.centre.centre_key())
        early = shutil.copy(path + ".receipts", path + ".early")
        out = self.carrier.run("carry", path, check=0).stdout
        self.assertGreaterEqual(len(re.findall("already carried, seq", out)), 12)
        self.assertEqual(self.vouchers(), names)
        self.office.run("outbox", "import", early, check=0)
        self.office.run("outbox", "import", path + ".receipts", check=0)
        states = listed(self.office)
        self.assertEqual({s["state"] for s in states}, {"receipted"})
        self.assertEqual([s["seq"] for s in states], sorted(s["seq"] for s in states))

    def test_carrier_waits_for_the_centre(self):
        """The centre goes away in the midst of it and comes back: the same carrier goes on."""
        names = [f"丙-{i:02}" for i in range(20)]
        save(self.centre, self.office, *[fund_sheet(self.office, name) for name in names])
        path = export(self.office, 20)
        carrier = subprocess.Popen(self.carrier.command("carry", path, "--timeout", str(60 * SLOW)), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        carrier.stdout.readline()
        self.centre.process.send_signal(signal.SIGKILL)
        self.centre.process.wait(30)
        restart = threading.Thread(target=self.centre.start)
        restart.start()
        out, err = carrier.communicate(timeout=120 * SLOW)
        restart.join()
        self.assertEqual(carrier.returncode, 0, err)
        self.assertIn("letters refused 0, not handed in 0", out)
        self.assertEqual(self.vouchers(), names)

    def test_database_away(self):
        """Later is no answer: it is not sealed, and the carrier asks again by himself."""
        self.centre.stop()
        database = Database()
        self.centre = Centre(database=database, offices=("admin", "prefecture-2201", "county-220122")).start()
        self.office, self.carrier = self.centre.offices["county-220122"], self.centre.offices["prefecture-2201"]
        save(self.centre, self.office, fund_sheet(self.office, "戊-1"))
        path = export(self.office, 1)
        wire = self.centre.wire("prefecture-2201")
        database.stop()
        wait_for("the loss", lambda: "database_lost" in self.centre.log())
        _, letters = split(read(path))
        reply = wire.ask(pb.Request(carry=pb.Carry(header=read(path)[:108], number=0, letter=letters[0])))
        self.assertEqual(reply.refusal.problems[0].code, pb.STORE_UNAVAILABLE)
        self.assertGreater(reply.refusal.retry_after_ms, 0)
        result = self.carrier.run("carry", path, "--timeout", "1", check=4)
        self.assertFalse(os.path.exists(path + ".receipts"), result.stdout)
        carrier = subprocess.Popen(self.carrier.command("carry", path, "--timeout", str(60 * SLOW)), stdout=subprocess.PIPE, text=True)
        asked = self.centre.log().count("code=STORE_UNAVAILABLE")
        wait_for("the carrier's question", lambda: self.centre.log().count("code=STORE_UNAVAILABLE") > asked)
        database.start()
        self.assertIn("receipts 1", carrier.communicate(timeout=60 * SLOW)[0])
        self.assertEqual((carrier.returncode, self.vouchers()), (0, ["戊-1"]))

    def test_no_room_on_the_stick(self):
        """What cannot be written whole is not there."""
        sheet = fund_sheet(self.office, "丁")
        with open(sheet, "a", encoding="utf-8") as file:
            file.writelines(f"筹措,220122,丁-{i},2013/4/5,其他涉农资金,1\n" for i in range(3000))
        save(self.centre, self.office, sheet)
        stick = new_directory()
        limited = subprocess.run(["/bin/bash", "-c", 'ulimit -f 48; trap "" XFSZ; exec "$@"', "x",
                                  *self.office.command("outbox", "export", stick)], capture_output=True, text=True, check=False)
        self.assertEqual((limited.returncode, limited.stdout), (1, ""), limited.stderr)
        self.assertIn("File too large", limited.stderr)
        self.assertEqual(os.listdir(stick), [])
        result = self.office.run("outbox", "export", os.path.join(stick, "none"), check=1)
        self.assertIn("No such file", result.stderr)
        self.assertEqual({s["state"] for s in listed(self.office)}, {"waiting"})


if __name__ == "__main__":
    unittest.main()
