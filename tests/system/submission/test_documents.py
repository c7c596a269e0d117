"""Documents: files in parts, checked, versioned, receipted; who has not sent by the due date."""
import csv
import json
import os
import subprocess
import unittest

import psycopg2

from documents import (ACCEPTANCE, BESIDE, COUNTY, DAY, MOST, OFFICES, PART, PLAN, ask, document, docx, fetch, listed, ole, parts, pdf,
                       send_all, upload, zipped)
from harness import Centre, CentreTest, china, copy_plan, edit_csv, entry, new_directory, submission, wait_for
from wire import codes, digest
import fupin_pb2 as pb


class DocumentTest(CentreTest):
    clock = "2013-04-10T09:00"
    options = {"offices": OFFICES, "options": ("--clock", clock)}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.county = cls.wires["county-220122"]

    def assert_refused(self, answer, *expected):
        self.assertIsInstance(answer, pb.Refusal, answer)
        self.assertEqual(codes(answer), list(expected))
        return answer.problems[0]

    def assert_receipt(self, reply):
        self.assertIsInstance(reply, pb.Receipt, reply)
        return reply

    def files(self, where="true"):
        return self.centre.sql(f"SELECT count(*) FROM document_file WHERE {where}")[0][0]

    def forget(self):
        """What tests leave unfinished counts for the county."""
        self.centre.sql("DELETE FROM document_file f WHERE NOT EXISTS (SELECT FROM document d WHERE d.digest = f.digest)")


class Bytes(DocumentTest):
    def tearDown(self):
        self.forget()

    def test_sizes(self):
        """Both sides of a part and of the largest file."""
        for size in (9, PART - 1, PART, PART + 1, 3 * PART):
            data = pdf(size)
            with self.subTest(size=size):
                offered = ask(self.county, upload(data))
                self.assertEqual((offered.received, offered.whole, offered.digest), (0, False, digest(data)))
                for offset in parts(data):
                    answer = ask(self.county, upload(data, offset))
                    self.assertEqual((answer.received, answer.whole), (min(offset + PART, size), offset + PART >= size))
                # What is whole stays so, however often it is offered or sent.
                for again in (upload(data), upload(data, 0)):
                    self.assertEqual(ask(self.county, again), answer)
                self.assertEqual(b"".join(bytes(row[0]) for row in self.centre.sql(
                    "SELECT bytes FROM document_part WHERE digest = %s ORDER BY part", digest(data))), data)
                self.forget()
        largest = pdf(MOST)
        self.assertTrue(send_all(self.county, largest).whole)
        self.assert_receipt(self.county.submit(submission(document(largest, kind=ACCEPTANCE))))
        self.assertEqual(fetch(self.wires["province"], COUNTY, ACCEPTANCE), largest)
        problem = self.assert_refused(ask(self.county, upload(largest, size=MOST + 1)), "VALUE_TOO_LARGE")
        self.assertEqual((problem.limit, problem.actual, problem.column), (MOST, MOST + 1, "size"))
        self.assert_refused(ask(self.county, upload(b"")), "VALUE_TOO_SMALL")
        self.assert_refused(ask(self.county, upload(b"", size=2**63)), "VALUE_TOO_LARGE")

    def test_parts_that_do_not_fit(self):
        data = pdf(2 * PART + 100)
        self.assert_refused(ask(self.county, upload(data, 0)), "FILE_MISSING")  # before the offer
        ask(self.county, upload(data))
        cases = [
            dict(offset=1), dict(offset=PART, part=data[:PART - 1]), dict(offset=0, part=data[:PART + 1]),
            dict(offset=2 * PART, part=data[2 * PART:] + b"x"), dict(offset=3 * PART, part=b"x"), dict(offset=PART, part=b""),
            dict(offset=2**64 - PART, part=b"x" * PART), dict(offset=0, part=data[:PART], size=len(data) + 1),
            dict(offset=0, part=data[:PART], type=pb.DOCX),
        ]
        for case in cases:
            with self.subTest(offset=case["offset"], length=len(case["part"]) if "part" in case else None):
                self.assert_refused(ask(self.county, upload(data, **case)), "FILE_PART_INVALID")
        self.assertEqual(ask(self.county, upload(data)).received, 0)
        # One that comes too early is not kept: the answer says where to go on.
        self.assertEqual(ask(self.county, upload(data, PART)).received, 0)
        self.assertEqual(ask(self.county, upload(data, 0)).received, PART)
        self.assertEqual(ask(self.county, upload(data, 0)).received, PART)  # the same again
        other = bytes([data[0] ^ 1]) + data[1:PART]
        problem = self.assert_refused(ask(self.county, upload(data, 0, part=other)), "FILE_PART_INVALID")
        self.assertIn("other bytes", problem.detail)
        # Sent ahead without waiting, in order: all are taken.
        self.county.send(upload(data, PART))
        wanted = self.county.send(upload(data, 2 * PART))
        replies = {}
        while wanted not in replies:
            reply = self.county.receive()
            replies[reply.request_id] = reply.uploaded
        self.assertTrue(replies[wanted].whole)

    def test_wrong_digest_and_type(self):
        data = pdf(PART + 5)
        lie = data[:-1] + bytes([data[-1] ^ 1])
        ask(self.county, upload(data))
        ask(self.county, upload(data, 0))
        self.assert_refused(ask(self.county, upload(data, PART, part=lie[PART:])), "FILE_DIGEST_WRONG")
        self.assertEqual(self.files("NOT whole"), 0)
        self.assert_refused(ask(self.county, upload(data, PART)), "FILE_MISSING")
        kinds = [
            (pdf(100), pb.PDF), (docx(), pb.DOCX), (zipped("[Content_Types].xml", "xl/workbook.xml"), pb.XLSX), (zipped("OFD.xml"), pb.OFD),
            (ole("WordDocument"), pb.DOC), (ole("Workbook"), pb.XLS), (b"\xFF\xD8\xFF\xE0" + b"x" * 50, pb.JPEG),
            (b"\x89PNG\r\n\x1A\n" + b"x" * 50, pb.PNG), (b"II*\0" + b"x" * 50, pb.TIFF),
        ]
        for index, (content, kind) in enumerate(kinds):
            wrong = kinds[index - 1][1]
            with self.subTest(kind=kind):
                problem = self.assert_refused(send_all(self.county, content, kind=wrong), "FILE_TYPE_WRONG")
                self.assertEqual(self.files("NOT whole"), 0)
                self.assertTrue(send_all(self.county, content, kind=kind).whole)
                # Whole, and offered as something else.
                self.assert_refused(ask(self.county, upload(content, kind=wrong)), "FILE_TYPE_WRONG")
                self.assert_refused(ask(self.county, upload(content, kind=kind, size=len(content) + 1)), "FILE_DIGEST_WRONG")
                self.forget()
        bad = [b"#!/bin/sh\n", docx()[:-4], zipped("word/document.xml"), zipped("[Content_Types].xml"), b"PK\3\4", ole("Program"), b"%PD"]
        for content in bad:
            with self.subTest(content=content[:20]):
                for kind in (pb.PDF, pb.DOCX, pb.DOC):
                    self.assert_refused(send_all(self.county, content, kind=kind), "FILE_TYPE_WRONG")
        for kind in (0, 10, 99):
            self.assert_refused(ask(self.county, upload(data, kind=kind)), "FILE_TYPE_UNKNOWN")
        self.assertEqual(self.files("NOT whole"), 0)
        # Offered anew as something else: from the beginning.
        content = docx() + b""
        self.assert_refused(send_all(self.county, content, kind=pb.XLSX), "FILE_TYPE_WRONG")
        long = pdf(2 * PART, "long")
        ask(self.county, upload(long, kind=pb.PNG))
        ask(self.county, upload(long, 0, kind=pb.PNG))
        self.assertEqual(ask(self.county, upload(long)).received, 0)
        self.assertTrue(send_all(self.county, long).whole)

    def test_who(self):
        data = pdf(30)
        for name in ("province", "admin", "prefecture-2201"):
            with self.subTest(name=name):
                self.assert_refused(ask(self.wires[name], upload(data)), "NOT_PERMITTED")
                self.assert_refused(self.wires[name].submit(submission(document(data))), "NOT_PERMITTED")
        self.assert_refused(ask(self.wires["county-220112"], upload(data)), "UNIT_OUT_OF_SCOPE")
        self.assert_refused(self.wires["county-220112"].submit(submission(document(data))), "UNIT_OUT_OF_SCOPE")
        self.assert_refused(ask(self.county, upload(data, unit=220122999)), "UNIT_UNKNOWN")
        # The same bytes of another office are another file: nothing is learnt of it, and it cannot be named.
        self.assertTrue(send_all(self.county, data).whole)
        beside = self.wires["county-220112"]
        self.assertEqual(ask(beside, upload(data, unit=BESIDE)).received, 0)
        self.assert_refused(beside.submit(submission(document(data, unit=BESIDE))), "FILE_MISSING")

    def test_bounds_and_what_nobody_continues(self):
        admin, begun = self.wires["admin"], [pdf(2 * PART, seed) for seed in range(5)]
        # Four of a county, whole or not, that are no documents; others have their own share.
        self.assertTrue(send_all(self.county, begun[0]).whole)
        for data in begun[1:4]:
            self.assertEqual(ask(self.county, upload(data)).received, 0)
        ask(self.county, upload(begun[1], 0))
        answer = ask(self.county, upload(begun[4]))
        self.assertEqual(self.assert_refused(answer, "UPLOADS_TOO_MANY").limit, 4)
        self.assertGreater(answer.retry_after_ms, 0)
        self.assertEqual(ask(self.wires["county-220112"], upload(begun[4], unit=BESIDE)).received, 0)
        self.assertEqual(ask(self.county, upload(begun[1])).received, PART)  # begun before: goes on
        # One becomes a document: there is room again.
        version = len(listed(self.county, COUNTY, kinds=[PLAN], versions=True))
        version = listed(self.county, COUNTY, kinds=[PLAN])[0].key.version if version else 0
        self.assert_receipt(self.county.submit(submission(document(begun[0], replaces=version))))
        self.assertEqual(ask(self.county, upload(begun[4])).received, 0)
        # All together: offered bytes count.
        self.centre.sql("INSERT INTO document_file SELECT 999999, 999999, decode(lpad(to_hex(n), 64, '0'), 'hex'), 20971520, 1, 0, false, "
                        "to_timestamp(1365555600) FROM generate_series(1, 99) n")
        self.assert_refused(ask(self.wires["county-220112"], upload(pdf(MOST), unit=BESIDE)), "UPLOADS_TOO_MANY")
        self.centre.sql("DELETE FROM document_file WHERE county = 999999")
        # Seven days after the last part or offer it is taken away, with the next offer of anybody.
        now = ask(self.county, pb.Request(ping=pb.Ping())).time_us // 10**6
        self.assertIsInstance(admin.set_clock(now + 6 * DAY), pb.Pong)
        self.assertEqual(ask(self.county, upload(begun[1])).received, PART)  # continued: seven days from now
        self.assertIsInstance(admin.set_clock(now + 7 * DAY + 3600), pb.Pong)
        self.assertEqual(ask(self.county, upload(begun[1])).received, PART)
        self.assertEqual(self.files(f"county = {COUNTY} AND NOT whole"), 1)
        self.assertEqual(self.files(f"county = {BESIDE}"), 0)
        self.assertGreater(self.files("whole"), 0)  # documents stay
        # And by itself: at the start.
        self.centre.sql("UPDATE document_file SET continued_at = continued_at - interval '30 days'")
        self.centre.stop()
        self.centre.options = ["--clock", "2013-04-24T00:01"]
        self.centre.start()
        type(self).wires = {name: self.centre.wire(name) for name in OFFICES}
        type(self).county = self.wires["county-220122"]
        wait_for("the sweep", lambda: self.files("NOT whole") == 0)
        self.assertGreater(self.files("whole"), 0)
        wait_for("the sweep's line", lambda: "unfinished_files_removed count=1" in self.centre.log())  # behind its commit

    def test_malformed(self):
        for request in (pb.Request(upload=pb.Upload(unit=COUNTY, digest=b"x" * 31, size=5)),
                        pb.Request(file=pb.FileQuery()), pb.Request(documents=pb.DocumentQuery(unit=22, kinds=range(10000)))):
            self.assert_refused(ask(self.county if request.HasField("upload") else self.wires["province"], request), "MALFORMED")
        self.assert_refused(self.county.submit(submission(document(pdf(9), digest=b""))), "MALFORMED")

    def test_parts_in_flight_are_bounded(self):
        """More than eight of one office wait nowhere: BUSY, and the others are taken."""
        data = pdf(40 * PART)
        ask(self.county, upload(data))
        lock = self.centre.lock(f"SELECT 1 FROM document_file WHERE digest = '\\x{digest(data).hex()}' FOR UPDATE")
        ids = [self.county.send(upload(data, offset)) for offset in list(parts(data))[:12]]
        refused = {}
        while len(refused) < 4:
            reply = self.county.receive()
            refused[reply.request_id] = reply.refusal
        self.assertEqual([codes(r) for r in refused.values()], [["BUSY"]] * 4)
        self.assertEqual(sorted(refused), ids[8:])
        # Meanwhile everything else goes on: an ordinary submission, and a question to the database.
        beside = self.wires["county-220112"]
        receipt = self.assert_receipt(beside.submit(submission(entry(BESIDE, "busy", occurred=20130401))))
        self.assertEqual(ask(beside, pb.Request(status=pb.StatusQuery(id=receipt.id))).state, pb.COMMITTED)
        lock.close()
        done = {}
        while len(done) < 8:
            reply = self.county.receive()
            done[reply.request_id] = reply.uploaded.received
        self.assertEqual([done[i] for i in ids[:8]], [PART * (n + 1) for n in range(8)])


class Versions(DocumentTest):
    def tearDown(self):
        self.forget()

    def send(self, data, **fields):
        self.assertTrue(send_all(self.county, data, unit=fields.get("unit", COUNTY), kind=fields.get("file_type", pb.PDF)).whole)
        return self.county.submit(submission(document(data, **fields)))

    def test_a_row_needs_its_bytes(self):
        data = pdf(2 * PART, "a")
        row = submission(document(data))
        problem = self.assert_refused(self.county.submit(row), "FILE_MISSING")
        self.assertEqual((problem.subject, problem.index, problem.detail), (pb.DOCUMENT, 0, "方案.pdf"))
        ask(self.county, upload(data))
        ask(self.county, upload(data, 0))
        self.assert_refused(self.county.submit(row), "FILE_MISSING")
        ask(self.county, upload(data, PART))
        for changed in (dict(size=2 * PART - 1), dict(type=pb.PNG), dict(digest=digest(b"x"))):
            self.assert_refused(self.county.submit(submission(document(data, **changed))), "FILE_MISSING")
        # A whole submission stands or falls together.
        mixed = submission(entry(COUNTY, "mixed", occurred=20130401), document(pdf(50, "missing")))
        self.assert_refused(self.county.submit(mixed), "FILE_MISSING")
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher = 'mixed'"), [(0,)])
        self.assertEqual(self.centre.sql("SELECT count(*) FROM document"), [(0,)])
        receipt = self.assert_receipt(self.county.submit(row))
        self.assertEqual((receipt.others, receipt.reports, receipt.fund_entries), (1, 0, 0))
        # The same bytes again: the first receipt, also when the files cannot be asked about.
        self.assertEqual(self.county.submit(row), receipt)
        self.assertEqual(self.centre.sql("SELECT count(*), max(version) FROM document"), [(1, 1)])
        # The last guard: the database itself.
        with self.assertRaises(psycopg2.errors.ForeignKeyViolation):
            self.centre.sql("INSERT INTO document VALUES (%s, %s, 1, 2, 'x.pdf', 1, 5, %s, '', true, 1, 0)", COUNTY, COUNTY, digest(b"x"))

    def test_b_versions(self):
        first, second = pdf(2 * PART, "a"), pdf(300, "b")
        self.assertEqual([d.key.version for d in listed(self.county, COUNTY, kinds=[PLAN])], [1])
        problem = self.assert_refused(self.send(second), "REVISION_CONFLICT")
        self.assertEqual((problem.limit, problem.actual, problem.subject), (1, 0, pb.DOCUMENT))
        self.assertEqual(self.assert_refused(self.county.submit(submission(document(first, replaces=1))), "DOCUMENT_SAME").limit, 1)
        self.assert_receipt(self.send(second, replaces=1, name="second.pdf", note="修订"))
        # Back to the first: those bytes are there already.
        before = self.assert_receipt(self.county.submit(submission(document(first, replaces=2))))
        items = listed(self.county, COUNTY, kinds=[PLAN], versions=True)
        self.assertEqual([(d.key.version, d.size, d.name, d.note) for d in items],
                         [(1, len(first), "方案.pdf", ""), (2, 300, "second.pdf", "修订"), (3, len(first), "方案.pdf", "")])
        self.assertEqual([fetch(self.county, COUNTY, PLAN, v) for v in (1, 2, 3, 0)], [first, second, first, first])
        # As it was known; and who sends two at once without waiting has both.
        earlier = listed(self.wires["province"], COUNTY, kinds=[PLAN], as_of=pb.AsOf(seq=before.seq - 1))
        self.assertEqual([d.key.version for d in earlier], [2])
        self.assertTrue(send_all(self.county, pdf(40, "c")).whole)
        self.assertTrue(send_all(self.county, pdf(41, "c")).whole)
        rows = [submission(document(pdf(40, "c"), replaces=3)), submission(document(pdf(41, "c"), replaces=4))]
        ids = [self.county.send(pb.Request(submit=pb.Submit(submission=r.SerializeToString()))) for r in rows]
        replies = {}
        while len(replies) < 2:
            reply = self.county.receive()
            replies[reply.request_id] = reply.WhichOneof("body")
        self.assertEqual([replies[i] for i in ids], ["receipt", "receipt"])
        # Two that follow the same version: one of them.
        self.assertTrue(send_all(self.county, second, kind=pb.PDF).whole)
        rows = [submission(document(d, replaces=5)) for d in (first, second)]
        ids = [self.county.send(pb.Request(submit=pb.Submit(submission=r.SerializeToString()))) for r in rows]
        replies = {}
        while len(replies) < 2:
            reply = self.county.receive()
            replies[reply.request_id] = reply
        self.assertEqual([replies[i].WhichOneof("body") for i in ids], ["receipt", "refusal"])
        self.assert_refused(replies[ids[1]].refusal, "REVISION_CONFLICT")
        # The same document twice in one submission.
        twice = submission(document(first, replaces=6), document(second, replaces=6))
        self.assert_refused(self.county.submit(twice), "REPORT_REPEATED")

    def test_c_restart(self):
        before = listed(self.wires["province"], 2201, versions=True)
        self.assertGreater(len(before), 5)
        self.centre.stop()
        self.centre.options = ["--clock", "2013-04-24T00:01"]
        self.centre.start()
        type(self).wires = {name: self.centre.wire(name) for name in OFFICES}
        type(self).county = self.wires["county-220122"]
        self.assertEqual(listed(self.wires["province"], 2201, versions=True), before)

    def test_rows_that_are_wrong(self):
        data = pdf(60, "wrong")
        self.assertTrue(send_all(self.county, data).whole)
        township = next(u.code for u in self.catalogue.units if u.level == pb.TOWNSHIP and u.code // 1000 == COUNTY)
        cases = [
            (dict(kind=9), "DOCUMENT_KIND_UNKNOWN"), (dict(unit=township), "DOCUMENT_LEVEL_WRONG"), (dict(size=0), "VALUE_TOO_SMALL"),
            (dict(size=MOST + 1), "VALUE_TOO_LARGE"), (dict(type=0), "FILE_TYPE_UNKNOWN"), (dict(type=10), "FILE_TYPE_UNKNOWN"),
            (dict(name=b""), "TEXT_INVALID"), (dict(name=b"x" * 193), "TEXT_INVALID"), (dict(name=b"../x.pdf"), "TEXT_INVALID"),
            (dict(name=b"a\\b"), "TEXT_INVALID"), (dict(name=b".hidden"), "TEXT_INVALID"), (dict(name=b"a\0b"), "TEXT_INVALID"),
            (dict(name=b"\xff"), "TEXT_INVALID"), (dict(note=b"x" * 513), "TEXT_INVALID"),
        ]
        for changed, expected in cases:
            with self.subTest(changed=changed):
                self.assert_refused(self.county.submit(submission(document(data, **changed))), expected)
        self.assert_receipt(self.county.submit(submission(document(data, kind=ACCEPTANCE, name="x" * 192, note="x" * 512))))

    def test_fetch(self):
        province = self.wires["province"]

        def query(unit, kind, version=0, offset=0):
            return pb.Request(file=pb.FileQuery(key=pb.DocumentKey(unit=unit, kind=kind, version=version), offset=offset))

        data = pdf(2 * PART, "a")
        for unit, kind, version in ((COUNTY, PLAN, 99), (COUNTY, 9, 0), (BESIDE, PLAN, 0), (22, PLAN, 1)):
            self.assert_refused(ask(province, query(unit, kind, version)), "DOCUMENT_UNKNOWN")
        part = ask(province, query(COUNTY, PLAN, 1, PART))
        self.assertEqual((part.part, part.document.key.version, part.document.digest), (data[PART:], 1, digest(data)))
        self.assertEqual((part.document.due, part.document.name), (china(2013, 4, 23), "方案.pdf"))
        for offset in (1, 2 * PART, 2**64 - PART):
            self.assert_refused(ask(province, query(COUNTY, PLAN, 1, offset)), "FILE_PART_INVALID")
        # Every level reads all below it and nothing beside it.
        self.assertIsInstance(ask(self.wires["prefecture-2201"], query(COUNTY, PLAN, 1)), pb.FilePart)
        for name in ("prefecture-2202", "county-220112"):
            self.assert_refused(ask(self.wires[name], query(COUNTY, PLAN, 1)), "UNIT_OUT_OF_SCOPE")
            self.assert_refused(listed(self.wires[name], COUNTY), "UNIT_OUT_OF_SCOPE")
        self.assert_refused(listed(self.county, 2201), "UNIT_OUT_OF_SCOPE")
        self.assert_refused(listed(province, 22, kinds=[9]), "DOCUMENT_KIND_UNKNOWN")
        self.assert_refused(listed(self.wires["admin"], 229999), "UNIT_UNKNOWN")


class ManyVersions(DocumentTest):
    def test_last_version(self):
        """All are kept, so there is a last one: of this document of this unit alone."""
        files = [pdf(100, name) for name in ("odd", "even")]
        for data in files:
            self.assertTrue(send_all(self.county, data).whole)
            self.assert_receipt(self.county.submit(submission(document(data, kind=ACCEPTANCE, replaces=files.index(data)))))
        for version in range(100):
            self.assert_receipt(self.county.submit(submission(document(files[version % 2], replaces=version))))
        problem = self.assert_refused(self.county.submit(submission(document(files[0], replaces=100))), "DOCUMENT_VERSIONS_TOO_MANY")
        self.assertEqual((problem.limit, problem.subject, problem.column), (100, pb.DOCUMENT, "replaces"))
        self.assert_refused(self.county.submit(submission(document(files[0], replaces=99))), "REVISION_CONFLICT")
        self.assert_refused(self.county.submit(submission(document(files[1], replaces=100))), "DOCUMENT_SAME")
        self.assert_receipt(self.county.submit(submission(document(files[0], kind=ACCEPTANCE, replaces=2))))
        other = self.wires["county-220112"]
        self.assertTrue(send_all(other, files[0], unit=BESIDE).whole)
        self.assert_receipt(other.submit(submission(document(files[0], unit=BESIDE))))
        self.assertEqual(self.centre.sql("SELECT kind, max(version), count(*) FROM document WHERE unit = %s GROUP BY 1 ORDER BY 1", COUNTY),
                         [(PLAN, 100, 100), (ACCEPTANCE, 3, 3)])
        sheet = os.path.join(self.centre.directory, "another.pdf")
        with open(sheet, "wb") as file:
            file.write(pdf(100, "another"))
        office = self.centre.offices["county-220122"]
        self.assertIn("ask the administrator", office.run("document", "send", "plan", sheet).stderr)
        self.assertIn("请联系管理员", office.run("document", "send", "plan", sheet, language="zh_CN.UTF-8").stderr)


class DueDate(DocumentTest):
    clock = "2013-04-22T23:59"
    options = {"offices": OFFICES, "options": ("--clock", clock)}

    def plan(self):
        return next(k for k in self.catalogue.document_kinds if k.code == "plan")

    def test_a_dates(self):
        """Both are Saturdays and no working days: the next Monday, to its end."""
        plan, acceptance = self.catalogue.document_kinds
        self.assertEqual((plan.due_date, plan.minute, plan.due, plan.level, plan.notice), (20130420, 1440, china(2013, 4, 23), pb.COUNTY, "四"))
        self.assertEqual((acceptance.due_date, acceptance.due, acceptance.name_zh), (20131130, china(2013, 12, 3), "验收报告"))
        with open(os.path.join(self.centre.plan, "calendar.csv"), encoding="utf-8") as file:
            days = {row["date"] for row in csv.DictReader(file)}
        self.assertFalse(days & {"2013-04-20", "2013-04-21", "2013-04-22", "2013-11-30", "2013-12-01", "2013-12-02"})

    def test_b_both_sides(self):
        admin, province = self.wires["admin"], self.wires["province"]
        counties = sorted(u.code for u in self.catalogue.units if u.level == pb.COUNTY)
        self.assertEqual(listed(province, missing=True), [])
        self.assertEqual([(d.key.unit, d.key.kind, d.key.version) for d in listed(province)],
                         [(c, kind, 0) for kind in (PLAN, ACCEPTANCE) for c in counties])
        self.assertIsInstance(admin.set_clock(self.plan().due - 1), pb.Pong)
        early = pdf(100, "early")
        self.assertTrue(send_all(self.county, early).whole)
        self.assert_receipt(self.county.submit(submission(document(early))))
        self.assertIsInstance(admin.set_clock(self.plan().due), pb.Pong)
        before = self.centre.sql("SELECT max(seq) FROM submission")[0][0]
        missing = [d.key.unit for d in listed(province, missing=True)]
        self.assertEqual(missing, [c for c in counties if c != COUNTY])
        self.assertEqual([d.key.unit for d in listed(self.wires["prefecture-2201"], 2201, missing=True)], [c for c in missing if c // 100 == 2201])
        beside = self.wires["county-220112"]
        self.assertTrue(send_all(beside, early, unit=BESIDE).whole)
        self.assert_receipt(beside.submit(submission(document(early, unit=BESIDE))))
        items = {d.key.unit: d for d in listed(province, kinds=[PLAN])}
        self.assertLess(items[COUNTY].first_time, items[COUNTY].due)
        self.assertGreaterEqual(items[BESIDE].first_time, items[BESIDE].due)
        self.assertNotIn(BESIDE, [d.key.unit for d in listed(province, missing=True)])
        # The office's program says the same: who comes at the moment itself is late.
        shown = json.loads(self.centre.offices["province"].run("document", "list", "22", "--kind", "plan", "--format", "json", check=0).stdout)
        states = {d["unit"]: d["state"] for d in shown}
        self.assertEqual((states[COUNTY], states[BESIDE], states[220182]), ("on_time", "late", "missing"))
        # A later version does not make it late.
        later = pdf(101, "later")
        self.assertTrue(send_all(self.county, later).whole)
        self.assert_receipt(self.county.submit(submission(document(later, replaces=1))))
        item = listed(self.county, COUNTY, kinds=[PLAN])[0]
        self.assertEqual((item.key.version, item.first_time), (2, items[COUNTY].first_time))
        self.assertGreaterEqual(item.time, item.due)
        # As it was known: at that commit, and by a time before the due date.
        self.assertEqual(listed(province, missing=True, as_of=pb.AsOf(time_us=(self.plan().due - 1) * 10**6)), [])
        self.assertIn(BESIDE, [d.key.unit for d in listed(province, kinds=[PLAN], as_of=pb.AsOf(seq=before)) if not d.key.version])
        # More time for one county, and for all below a prefecture: who was late is on time, who was missing is not yet due.
        prefecture, more = self.wires["prefecture-2201"], self.plan().due + 86400
        for unit, by in ((BESIDE, prefecture), (2202, province)):
            row = pb.Extension(unit=unit, document=PLAN, event=pb.DUE, until=more, reason="水灾".encode())
            self.assert_receipt(by.submit(submission(row)))
        items = {d.key.unit: d for d in listed(province, kinds=[PLAN])}
        self.assertEqual({u for u, d in items.items() if d.due == more}, {BESIDE} | {c for c in counties if c // 100 == 2202})
        self.assertEqual({d.due for d in items.values()}, {more, self.plan().due})
        self.assertLess(items[BESIDE].first_time, items[BESIDE].due)
        self.assertEqual([d.key.unit for d in listed(province, missing=True)], [c for c in missing if c // 100 != 2202 and c != BESIDE])
        self.assertEqual(ask(beside, pb.Request(file=pb.FileQuery(key=pb.DocumentKey(unit=BESIDE, kind=PLAN, version=1)))).document.due, more)
        self.assertIsInstance(admin.set_clock(more), pb.Pong)
        self.assertIn(220211, [d.key.unit for d in listed(province, missing=True)])
        self.centre.stop()
        self.centre.options = ["--clock", "2013-04-24T00:01"]
        self.centre.start()
        type(self).wires = {name: self.centre.wire(name) for name in OFFICES}
        type(self).county = self.wires[f"county-{COUNTY}"]
        province = self.wires["province"]
        self.assertEqual({d.due for d in listed(province, kinds=[PLAN])}, {more, self.plan().due})
        # Pages.
        everything = listed(province, versions=True)
        self.assertEqual(len(everything), 2 * len(counties) + 1)
        for limit in (1, 7, len(everything) - 1, len(everything)):
            self.assertEqual(listed(province, versions=True, limit=limit), everything)
        exact = ask(province, pb.Request(documents=pb.DocumentQuery(unit=22, versions=True, limit=len(everything))))
        self.assertFalse(exact.HasField("next"))

    def test_c_the_list_for_people(self):
        province = self.centre.offices["province"]
        table = province.run("document", "list", "--kind", "plan", check=0).stdout
        self.assertRegex(table, r"220122 农安县 +Implementation plan on time +2013-04-22 24:00 +2 2013-04-23 \d\d:\d\d:\d\d pdf +101 方案\.pdf")
        self.assertRegex(table, r"220112 双阳区 +Implementation plan on time +2013-04-23 24:00 +1 ")
        prefecture = self.centre.offices["prefecture-2201"]
        for words, why in ((("--closed", "2013-06-01"), "a document is due at --due"), (("--due", "soon"), "not a time")):
            self.assertIn(why, prefecture.run("extend", "220112", "plan", *words, "--reason", "x", check=2).stderr)
        self.assertIn("neither a period", prefecture.run("extend", "220112", "poem", "--due", "2013-05-10", "--reason", "x", check=2).stderr)
        told = prefecture.run("extend", "220182", "plan", "--due", "2013-05-10", "--reason", "水灾", check=0).stdout
        self.assertIn(": extend 220182 plan", told)
        table = province.run("document", "list", "--kind", "plan", check=0).stdout
        self.assertRegex(table, r"220182 榆树市 +Implementation plan not due yet 2013-05-10 24:00")
        self.assertRegex(table, r"222401 延吉市 +Implementation plan missing +2013-04-22 24:00")
        self.assertIn("Implementation plan (plan): by the notice (四) 2013-04-20, in effect 2013-04-22 24:00", table)
        self.assertNotIn("Acceptance", table)
        table = province.run("document", "list", check=0).stdout
        self.assertIn("Acceptance report (acceptance): by the notice (四(三)) 2013-11-30, in effect 2013-12-02 24:00", table)
        chinese = province.run("document", "list", "2201", "--kind", "实施方案", language="zh_CN.UTF-8", check=0).stdout
        self.assertRegex(chinese, r"220112 双阳区 +实施方案 +按时")
        self.assertIn("实施方案（plan）：通知（四）规定 2013-04-20，实际截至 2013-04-22 24:00", chinese)
        rows = json.loads(province.run("document", "list", "--format", "json", check=0).stdout)
        states = {(r["unit"], r["kind"]): r["state"] for r in rows}
        self.assertEqual((states[COUNTY, "plan"], states[BESIDE, "plan"], states[220183, "plan"], states[COUNTY, "acceptance"]),
                         ("on_time", "on_time", "missing", "not_due"))
        missing = province.run("document", "list", "--missing", "--format", "csv", check=0).stdout
        self.assertEqual(len(missing.splitlines()), 1 + 61 - 3)
        self.assertNotIn("220122", missing)
        for words in (("list", "nowhere"), ("list", "--kind", "poem"), ("burn",), ("send", "plan"), ("get", "220122"),
                      ("get", "220122", "plan", "--version", "0"), ("list", "--as-of", "soon")):
            province.run("document", *words, check=2)


class Commands(DocumentTest):
    def setUp(self):
        self.office = self.centre.offices["county-220122"]
        self.folder = new_directory()

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def test_a_there_and_back(self):
        data = pdf(3 * PART + 17, "there")
        path = self.write("农安县实施方案.pdf", data)
        sent = self.office.run("document", "send", "plan", path, "--note", "第一稿", check=0)
        self.assertRegex(sent.stdout, r"^receipt \S+ seq \d+ \S+ \S+ documents 1: document plan /")
        self.assertEqual(sent.stderr, "")  # progress is for terminals
        # The same again is not a second version; changed, it is.
        again = self.office.run("document", "send", "实施方案", path, check=0).stdout
        self.assertIn("the centre has it already, as version 1", again)
        chinese = self.office.run("document", "send", "plan", path, language="zh_CN.UTF-8", check=0).stdout
        self.assertIn("中心已有此文件，为第 1 版", chinese)
        second = docx()
        self.office.run("document", "send", "plan", self.write("second.docx", second), check=0)
        province, out = self.centre.offices["province"], os.path.join(self.folder, "out")
        os.mkdir(out)
        got = province.run("document", "get", "220122", "plan", "--version", "1", check=0, cwd=out).stdout
        self.assertEqual(got, f"农安县实施方案.pdf: version 1, {len(data)} bytes, pdf\n")
        with open(os.path.join(out, "农安县实施方案.pdf"), "rb") as file:
            self.assertEqual(file.read(), data)
        # Never over another file, unless it is named.
        self.assertIn("it is there already", province.run("document", "get", "220122", "plan", "--version", "1", check=1, cwd=out).stderr)
        named = os.path.join(out, "named")
        for _ in range(2):
            province.run("document", "get", "农安县", "implementation plan".capitalize(), "--output", named, check=0)
        with open(named, "rb") as file:
            self.assertEqual(file.read(), second)
        self.assertEqual(sorted(os.listdir(out)), ["named", "农安县实施方案.pdf"])
        versions = json.loads(province.run("document", "list", "220122", "--versions", "--kind", "plan", "--format", "json", check=0).stdout)
        self.assertEqual([(v["version"], v["type"], v["name"], v["note"]) for v in versions],
                         [(1, "pdf", "农安县实施方案.pdf", "第一稿"), (2, "docx", "second.docx", "")])
        self.assertIn("may not do this", province.run("document", "send", "plan", path, "--unit", "220122", check=3).stderr)
        self.assertIn("outside this office's scope", self.centre.offices["county-220112"].run("document", "get", "220122", "plan", check=3).stderr)
        self.assertIn("there is no such document", province.run("document", "get", "220112", "plan", check=3).stderr)

    def test_b_files_that_cannot_be_sent(self):
        before = self.centre.sql("SELECT count(*) FROM document_file")
        cases = [("script.pdf", b"#!/bin/sh\n", "none of PDF"), ("empty.pdf", b"", "less than the least allowed, 1"),
                 ("large.pdf", pdf(MOST + 1), "20,971,521 is more than the most allowed, 20,971,520"), ("cut.docx", docx()[:-9], "cut off")]
        for name, data, expected in cases:
            with self.subTest(name=name):
                self.assertIn(expected, self.office.run("document", "send", "acceptance", self.write(name, data), check=3).stderr)
        self.assertIn("cannot be read", self.office.run("document", "send", "plan", os.path.join(self.folder, "none"), check=3).stderr)
        self.assertIn("not a file", self.office.run("document", "send", "plan", self.folder, check=3).stderr)
        self.assertIn("实施方案", self.office.run("document", "send", "poem", self.folder, check=2).stderr)
        self.assertIn("owed by units at county level",
                      self.office.run("document", "send", "plan", self.write("a.pdf", pdf(99)), "--unit", "220122101", check=3).stderr)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM document_file"), before)

    def test_b_too_many_unfinished(self):
        """It waits in the outbox, and goes when there is room."""
        for seed in range(4):
            ask(self.county, upload(pdf(90, f"unfinished {seed}")))
        path = self.write("waits.pdf", pdf(91, "waits"))
        waiting = self.office.run("document", "send", "acceptance", path, check=4)
        self.assertIn("too many unfinished uploads: at most 4 of a county", waiting.stderr)
        self.assertIn("1 saved in the outbox, not yet sent", waiting.stderr)
        self.forget()
        self.assertIn("documents 1: document acceptance", self.office.run("submit", check=0).stdout)

    def test_c_a_changed_byte_is_noticed(self):
        self.office.run("document", "send", "acceptance", self.write("a.pdf", pdf(2 * PART, "changed")), check=0)
        self.centre.sql("UPDATE document_part SET bytes = set_byte(bytes, 1000, get_byte(bytes, 1000) # 1) WHERE part = 1 AND digest = %s",
                        digest(pdf(2 * PART, "changed")))
        out = os.path.join(self.folder, "out")
        os.mkdir(out)
        refused = self.centre.offices["province"].run("document", "get", "220122", "acceptance", "--output", os.path.join(out, "x"), check=3)
        self.assertIn("do not have the document's digest", refused.stderr)
        self.assertEqual(os.listdir(out), [])
        self.centre.sql("UPDATE document_part SET bytes = set_byte(bytes, 1000, get_byte(bytes, 1000) # 1) WHERE part = 1 AND digest = %s",
                        digest(pdf(2 * PART, "changed")))


class PlanFile(unittest.TestCase):
    def load(self, **changed):
        plan = copy_plan(os.path.join(new_directory(), "plan"))
        edit_csv(os.path.join(plan, "documents.csv"), lambda rows: [dict(rows[0], **changed), rows[1]])
        return Centre(plan=plan, offices=()).load()

    def test_errors(self):
        cases = [(dict(due_date="2013-02-30"), 'documents.csv:2: column due_date: "2013-02-30" is not a date'), (dict(time="25:00"), "column time"),
                 (dict(level="prefecture"), "county level and below"), (dict(number="2"), "stands twice"), (dict(document="acceptance"), "stands twice"),
                 (dict(number="0"), "out of range"), (dict(document=""), "must not be empty")]
        for changed, expected in cases:
            with self.subTest(changed=changed):
                result = self.load(**changed)
                self.assertEqual(result.returncode, 3, result.stderr)
                self.assertIn(expected, result.stderr)

    def test_what_was_sent_stays_in_the_plan(self):
        centre = Centre(offices=OFFICES).start()
        try:
            data = pdf(64)
            wire = centre.wire("county-220122")
            self.assertTrue(send_all(wire, data).whole)
            self.assertIsInstance(wire.submit(submission(document(data))), pb.Receipt)
            os.unlink(os.path.join(centre.plan, "rules.csv"))  # they ask for both documents
            # While it serves, kinds of documents stay as they are.
            path = os.path.join(centre.plan, "documents.csv")
            edit_csv(path, lambda rows: rows[:1])
            self.assertIn("may change only while", centre.load().stderr)
            centre.stop()
            self.assertEqual(centre.load().returncode, 0)  # the other one was never sent
            edit_csv(path, lambda rows: [dict(rows[0], number="3", document="poem")])
            self.assertIn("document 1 was sent, it may not vanish", centre.load().stderr)
            edit_csv(path, lambda rows: [dict(rows[0], number="1", document="poem")])
            self.assertIn("is in use", centre.load().stderr)
            os.unlink(path)
            self.assertIn("document 1 was sent, it may not vanish", centre.load().stderr)
            self.assertIn("drift=0", centre.verify())
        finally:
            centre.stop()
            centre.check_log()

    def test_verify_reads_the_files(self):
        """A byte that turned over in the database: the document is named, by a running centre and by a stopped one."""
        centre = Centre(offices=OFFICES, options=("--clock", DocumentTest.clock)).start()
        try:
            wire = centre.wire("county-220122")
            for kind, size in ((PLAN, 2 * PART + 7), (ACCEPTANCE, 64)):
                self.assertTrue(send_all(wire, pdf(size)).whole)
                self.assertIsInstance(wire.submit(submission(document(pdf(size), kind=kind))), pb.Receipt)
            self.assertIn("drift=0", centre.verify())
            centre.sql("UPDATE document_part SET bytes = set_byte(bytes, 3, get_byte(bytes, 3) # 1) WHERE part = 1")
            for _ in range(2):
                result = subprocess.run(centre.words("verify"), capture_output=True, text=True, check=False)
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertRegex(result.stdout, rf"broken: the file of unit 220122, \w+ version 1: .* {digest(pdf(2 * PART + 7)).hex()}, its bytes")
                self.assertEqual(result.stdout.count("broken:"), 1)
                centre.stop()
        finally:
            centre.stop()
            centre.check_log()


if __name__ == "__main__":
    unittest.main()
