"""What bad input gets: one clear problem or a clean disconnect, nothing half stored, and the centre
goes on."""
import os
import random
import re
import socket
import subprocess
import unittest

import zmq

from harness import Centre, CentreTest, Office, edit_csv, copy_plan, entry, new_directory, pb, report, submission, wait_for
from wire import NoAnswer, Wire, codes

COUNTY, NEIGHBOUR, VILLAGE = 220122, 220112, 220122102203


def plan_with_two_versions():
    """The plan, with a second version of the village form from July on."""
    plan = copy_plan(os.path.join(new_directory(), "plan"))

    def forms(rows):
        second = dict(next(r for r in rows if r["form"] == "village"), version="2", first_period="2013-07")
        next(r for r in rows if r["form"] == "village")["last_period"] = "2013-06"
        return rows + [second]

    def indicators(rows):
        return rows + [dict(r, version="2") for r in rows if r["form"] == "village"]

    edit_csv(os.path.join(plan, "forms.csv"), forms)
    edit_csv(os.path.join(plan, "indicators.csv"), indicators)
    return plan


class BadInput(CentreTest):
    options = {"plan": plan_with_two_versions()}

    def setUp(self):
        self.wire = self.centre.wire("county-220122")
        self.village = next(u.code for u in self.catalogue.units
                            if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY)
        self.rows = self.count_rows()

    def tearDown(self):
        """Whatever was refused: nothing of it is stored, and the centre still answers."""
        self.assertEqual(self.count_rows(), self.rows)
        self.assertTrue(self.centre.wire("province").ping().store_ready)

    def count_rows(self):
        return self.centre.sql("SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM report), "
                               "(SELECT count(*) FROM fund_entry)")

    def refused(self, *rows, wire=None):
        reply = (wire or self.wire).submit(submission(*rows))
        self.assertIsInstance(reply, pb.Refusal)
        self.assertTrue(all(p.text for p in reply.problems))
        self.assertEqual(reply.retry_after_ms, 0)
        return reply

    def check(self, code, *rows, column=None, wire=None):
        reply = self.refused(*rows, wire=wire)
        self.assertEqual(codes(reply), [code])
        if column:
            self.assertEqual(reply.problems[0].column, column)
        return reply.problems[0]

    def report(self, unit=COUNTY, period=201301, **fields):
        return report(self.numbers, unit, period, **fields)

    # ------------------------------------------------------------ who

    def test_unknown_key_gets_no_message_in(self):
        public, secret = zmq.curve_keypair()
        stranger = Wire(self.centre.endpoint, self.centre.centre_key(), public.decode(), secret.decode(), timeout=1)
        with self.assertRaises(NoAnswer):
            stranger.ping()
        stranger.close()
        wait_for("the log", lambda: "event=key_unknown" in self.centre.log())

    def test_flood_of_refusals_does_not_flood_the_log(self):
        """What is not logged is told as a number, and so is every refusal."""
        centre = Centre(options=("--log-level", "info")).start()
        wire, sent = centre.wire(f"county-{COUNTY}"), 0

        def told():
            left_out = sum(int(n) for n in re.findall(r"event=not_logged what=refused lines=(\d+)", centre.log()))
            return left_out, centre.log().count("event=refused ")

        def all_told():
            """One more, so that another second may begin."""
            nonlocal sent
            self.assertEqual(codes(wire.submit(submission())), ["SUBMISSION_EMPTY"])
            sent += 1
            return told()[0] and sum(told()) == sent
        for _ in range(500):
            wire.send(pb.Request(submit=pb.Submit(submission=submission().SerializeToString())))
        for _ in range(500):
            self.assertEqual(codes(wire.receive().refusal), ["SUBMISSION_EMPTY"])
        sent = 500
        wait_for("the next second", all_told)
        self.assertGreater(told()[0], 250)
        self.assertEqual(centre.stop(), 0)

    def test_flood_of_unknown_keys_does_not_flood_the_log(self):
        public, secret = zmq.curve_keypair()
        before = self.centre.log().count("event=key_unknown")
        strangers = [Wire(self.centre.endpoint, self.centre.centre_key(), public.decode(), secret.decode(), timeout=0)
                     for _ in range(60)]
        for stranger in strangers:
            stranger.try_send(pb.Request(ping=pb.Ping()))
        wait_for("the next second", lambda: self.one_more_stranger() and "event=not_logged what=key_unknown" in self.centre.log())
        self.assertLess(self.centre.log().count("event=key_unknown") - before, 60)
        for stranger in strangers:
            stranger.close()

    def one_more_stranger(self):
        public, secret = zmq.curve_keypair()
        stranger = Wire(self.centre.endpoint, self.centre.centre_key(), public.decode(), secret.decode(), timeout=1)
        with self.assertRaises(NoAnswer):
            stranger.ping(timeout=0.3)
        stranger.close()
        return True

    def test_unknown_key_is_told_by_the_client(self):
        stranger = Office(self.centre.directory, "stranger-220122")
        with open(os.path.join(stranger.home, "fupin.ini"), "w", encoding="utf-8") as file:
            file.write(f"[centre]\nendpoint={self.centre.endpoint}\npublic-key={self.centre.centre_key()}\n")
        result = stranger.run("status", check=5)
        self.assertIn("does not admit this office's key " + stranger.public_key, result.stderr)

    def test_county_writing_for_its_neighbour(self):
        problem = self.check("UNIT_OUT_OF_SCOPE", self.report(unit=NEIGHBOUR), column="unit")
        self.assertEqual((problem.actual, problem.limit), (NEIGHBOUR, COUNTY))
        self.check("UNIT_OUT_OF_SCOPE", entry(NEIGHBOUR, "x"))
        self.check("UNIT_OUT_OF_SCOPE", entry(2201, "x"))

    def test_roles(self):
        self.check("NOT_PERMITTED", self.report(), wire=self.centre.wire("prefecture-2201"))
        self.check("NOT_PERMITTED", self.report(), wire=self.centre.wire("province"))
        self.check("NOT_PERMITTED", entry(22, "x"), wire=self.centre.wire("admin"))
        self.check("UNIT_OUT_OF_SCOPE", entry(COUNTY, "x"), wire=self.centre.wire("prefecture-2201"))
        reload = self.wire.ask(pb.Request(reload=pb.Reload()))
        self.assertEqual(codes(reload.refusal), ["NOT_PERMITTED"])
        self.assertEqual(codes(self.wire.total(2201, 201301, 201301)), ["UNIT_OUT_OF_SCOPE"])

    # ------------------------------------------------------------ what

    def test_unknown_unit_period_form_indicator(self):
        self.check("UNIT_UNKNOWN", self.report(unit=220122999), column="unit")
        self.check("FORM_UNKNOWN", self.report(form=77), column="form")
        self.check("FORM_LEVEL_WRONG", self.report(form=2), column="form")
        for period in (0, 2013, 201300, 201313, 199912, 4294967295):
            self.check("PERIOD_INVALID", self.report(period=period), column="period")
        bad = self.report()
        bad.indicators.append(999)
        bad.values.append(1)
        self.check("INDICATOR_UNKNOWN", bad)
        other_form = self.report()
        other_form.indicators.append(self.numbers["village_started"])
        other_form.values.append(1)
        self.check("INDICATOR_UNKNOWN", other_form)

    def test_period_in_the_future(self):
        today = self.centre.wire("province").ping().time_us
        year, month = __import__("time").gmtime(today / 1e6 + 8 * 3600)[:2]
        following = (year + month // 12) * 100 + month % 12 + 1
        self.check("PERIOD_FUTURE", self.report(period=following), column="period")
        # The month in progress has begun: it is refused only because no form is open for it.
        self.check("FORM_VERSION_CLOSED", self.report(period=year * 100 + month))

    def test_form_version_that_is_no_longer_open(self):
        old = report(self.numbers, self.village, 201307, version=1)
        problem = self.check("FORM_VERSION_CLOSED", old, column="version")
        self.assertIn("2013-07 is reported in version 2", problem.text)
        self.check("FORM_VERSION_CLOSED", report(self.numbers, self.village, 201306, version=2))
        self.check("FORM_VERSION_UNKNOWN", report(self.numbers, self.village, 201306, version=3))

    def test_negative_and_absurd_numbers(self):
        for value, code in ((-1, "VALUE_TOO_SMALL"), (-2**63, "VALUE_TOO_SMALL"), (200001, "VALUE_TOO_LARGE"),
                            (2**63 - 1, "VALUE_TOO_LARGE")):
            problem = self.check(code, self.report(people_lifted=value), column="people_lifted")
            self.assertEqual(problem.actual, value)
        for amount, code in ((0, "AMOUNT_ZERO"), (-5, "AMOUNT_NEGATIVE"), (-2**63, "AMOUNT_NEGATIVE"),
                             (10**12 + 1, "AMOUNT_TOO_LARGE"), (2**63 - 1, "AMOUNT_TOO_LARGE")):
            self.check(code, entry(COUNTY, "a", amount_fen=amount), column="amount")

    def test_part_greater_than_whole(self):
        problem = self.check("PART_EXCEEDS_WHOLE",
                             self.report(special_funds=90000000, special_granted=75000000,
                                         special_granted_industry=80000000),
                             column="special_granted_industry")
        self.assertEqual((problem.actual, problem.limit, problem.decimals), (80000000, 75000000, 2))
        self.assertRegex(problem.text, r"^800,000\.00 exceeds .* 750,000\.00$")

    def test_missing_repeated_and_empty(self):
        self.check("VALUE_MISSING", self.report(people_lifted=None), column="people_lifted")
        twice = self.report()
        twice.indicators.append(twice.indicators[0])
        twice.values.append(1)
        self.check("INDICATOR_REPEATED", twice)
        self.check("REPORT_REPEATED", self.report(), self.report())
        self.check("VOUCHER_REPEATED", entry(COUNTY, "d"), entry(COUNTY, "d"))
        self.check("SUBMISSION_EMPTY")

    def test_fund_entries(self):
        self.check("KIND_UNKNOWN", entry(COUNTY, "k", kind=12))
        self.check("SOURCE_UNKNOWN", entry(COUNTY, "k", source=99))
        self.check("USE_MISSING", entry(COUNTY, "k", kind=pb.SPENT))
        self.check("USE_NOT_ALLOWED", entry(COUNTY, "k", use=1))
        self.check("COUNTERPARTY_MISSING", entry(COUNTY, "k", kind=pb.RECEIVED, refers="s"))
        self.check("COUNTERPARTY_WRONG", entry(COUNTY, "k", kind=pb.RECEIVED, refers="s", counterparty=NEIGHBOUR))
        self.check("COUNTERPARTY_WRONG", entry(COUNTY, "k", kind=pb.GRANTED, use=1, counterparty=220122999))
        self.check("COUNTERPARTY_NOT_ALLOWED", entry(COUNTY, "k", counterparty=22))
        self.check("DATE_INVALID", entry(COUNTY, "k", occurred=20130230))
        self.check("DATE_FUTURE", entry(COUNTY, "k", occurred=20991231))
        self.check("VOUCHER_MISSING", entry(COUNTY, ""))
        self.check("TEXT_INVALID", entry(COUNTY, "k" * 65))
        self.check("TEXT_INVALID", entry(COUNTY, "k", note="a\x07b"))
        for name, most in (("refers", 64), ("document", 192)):
            for text in ("x" * (most + 1), "a\x07b", "a\0b"):
                self.check("TEXT_INVALID", entry(COUNTY, "k", kind=pb.SENT_DOWN, counterparty=self.village, **{name: text}), column=name)
        self.check("REFERRED_MISSING", entry(COUNTY, "k", kind=pb.RECEIVED, counterparty=22), column="refers")
        self.check("REFERRED_NOT_ALLOWED", entry(COUNTY, "k", refers="s"), column="refers")
        self.check("REASON_MISSING", entry(COUNTY, "k", kind=pb.REVERSED, refers="s"), column="note")
        self.check("USE_NOT_PERMITTED", entry(COUNTY, "k", kind=pb.SPENT, source=8, use=3), column="use")
        self.check("SOURCE_NOT_LOAN", entry(COUNTY, "k", kind=pb.REPAID), column="source")

    def test_bytes_in_vouchers(self):
        # A NUL must not cut the text: "k" and "k\0b" would be one voucher.
        self.check("TEXT_INVALID", entry(COUNTY, "k\0b"))
        bad = entry(COUNTY, "k")
        bad.voucher = b"\xff\xfe"
        self.check("TEXT_INVALID", bad)

    # ------------------------------------------------------------ how much

    def test_5001_reports_in_one(self):
        problem = self.check("ROWS_TOO_MANY", *[self.report() for _ in range(5001)])
        self.assertEqual((problem.actual, problem.limit), (5001, 5000))
        self.check("ROWS_TOO_MANY", *[entry(COUNTY, str(i)) for i in range(5001)])

    def test_problems_are_counted_where_they_are_not_listed(self):
        refusal = self.refused(*[entry(COUNTY, str(i), amount_fen=0) for i in range(1000)])
        self.assertEqual((len(refusal.problems), refusal.more), (100, 900))

    def test_2_mib_frame_is_disconnected(self):
        self.wire.send_raw(os.urandom(2 * 1024 * 1024))
        with self.assertRaises(NoAnswer):
            self.wire.receive(timeout=0.5)
        # The client's next connection is served again.
        self.assertTrue(self.wire.ping().store_ready)

    def test_largest_allowed_frame_is_answered(self):
        self.wire.send_raw(b"\xff" * (1536 * 1024))
        self.assertEqual(codes(self.wire.receive().refusal), ["MALFORMED"])

    def test_a_frame_of_empty_reports_stays_within_memory(self):
        body = b"\x0a\x10" + bytes(16) + b"\x12\x00" * 700000
        refusal = self.wire.submit(body)
        self.assertIn(codes(refusal)[0], ("TOO_LARGE", "ROWS_TOO_MANY"))

    # ------------------------------------------------------------ bytes

    def test_truncated_and_random_bytes(self):
        source = random.Random(2013)
        whole = pb.Request(request_id=5, submit=pb.Submit(
            submission=submission(self.report()).SerializeToString())).SerializeToString()
        frames = [whole[:n] for n in range(1, len(whole), 3)] + [source.randbytes(n) for n in range(1, 200)]
        for frame in frames:
            self.wire.send_raw(frame)
        for _ in frames:
            self.assertEqual(self.wire.receive().WhichOneof("body"), "refusal")

    def test_truncated_submission(self):
        whole = submission(self.report(), entry(COUNTY, "t")).SerializeToString()
        report_only = len(submission(self.report()).SerializeToString())
        for size in range(len(whole)):
            # A cut between the rows is a valid submission of fewer. (Not to be found by looking for a tag: the
            # id is random and may hold any byte.)
            if size == report_only:
                continue
            self.assertIsInstance(self.wire.submit(whole[:size]), pb.Refusal, size)

    def test_wrong_protobuf(self):
        self.wire.send_raw(pb.Catalogue(title_zh="脱贫", title_en="x" * 100).SerializeToString())
        self.assertEqual(codes(self.wire.receive().refusal), ["MALFORMED"])
        self.assertEqual(codes(self.wire.submit(b"")), ["ID_INVALID"])
        short = submission(self.report())
        short.id = short.id[:15]
        self.assertEqual(codes(self.wire.submit(short)), ["ID_INVALID"])
        version4 = submission(self.report())
        version4.id = os.urandom(6) + b"\x4a" + os.urandom(9)
        self.assertEqual(codes(self.wire.submit(version4)), ["ID_INVALID"])
        uneven = submission(self.report())
        uneven.reports[0].values.append(1)
        self.assertEqual(codes(self.wire.submit(uneven)), ["MALFORMED"])

    def test_several_frames(self):
        self.wire.send_raw(b"", pb.Request(ping=pb.Ping()).SerializeToString())
        self.assertEqual(codes(self.wire.receive().refusal), ["MALFORMED"])
        self.wire.send_raw(*[b"x"] * 20)
        self.assertEqual(codes(self.wire.receive().refusal), ["MALFORMED"])

    def test_raw_tcp_garbage_is_disconnected(self):
        host, port = self.centre.endpoint[6:].split(":")
        for data in (b"GET / HTTP/1.1\r\n\r\n" * 10, os.urandom(4096), b"\xff" + bytes(9)):
            with socket.create_connection((host, int(port)), timeout=60) as line:
                line.sendall(data)
                try:
                    while line.recv(4096):
                        pass
                except ConnectionResetError:
                    pass
                except TimeoutError:
                    self.fail("the centre kept the line open")

    def test_queries(self):
        for fields, code in ((dict(unit=99, first=201301, last=201301), "UNIT_OUT_OF_SCOPE"),
                             (dict(unit=COUNTY, first=201302, last=201301), "PERIOD_INVALID"),
                             (dict(unit=COUNTY, first=0, last=201301), "PERIOD_INVALID"),
                             (dict(unit=COUNTY, first=201301, last=201301, indicators=[999]), "INDICATOR_UNKNOWN"),
                             (dict(unit=COUNTY, first=201301, last=201301, by=pb.PROVINCE), "LEVEL_INVALID"),
                             (dict(unit=self.village, first=201301, last=201301, by=pb.COUNTY), "LEVEL_INVALID"),
                             (dict(unit=220122999, first=201301, last=201301), "UNIT_UNKNOWN")):
            self.assertEqual(codes(self.wire.total(**fields)), [code], fields)


class BadSheets(CentreTest):
    """What a clerk sees: file, row, column and reason; all or nothing."""

    def setUp(self):
        self.office = self.centre.offices["county-220122"]
        self.directory = new_directory()

    def write(self, name, content, encoding="utf-8"):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode(encoding))
        return name

    def submit(self, *names, check=3, language="C"):
        return self.office.run("submit", *names, check=check, cwd=self.directory, language=language)

    def problems(self, content, **options):
        return self.submit(self.write("a.csv", content), **options).stderr

    def test_place_and_reason(self):
        text = self.problems("unit,period,people_lifted,households_lifted,registered_people,补助到村资金,产业资金,"
                             '财政专项扶贫资金投入\n220122,2013-01,1,1,9,"750,000.00","800,000.00",900000\n')
        self.assertRegex(text, r"^a\.csv: row 2, column 产业资金: 800,000\.00 exceeds 补助到村资金 .* 750,000\.00\n$")

    def test_in_chinese(self):
        text = self.problems("单位,期间,脱贫人口,脱贫户数,建档立卡贫困人口\n220122,2013-01,-1,1,9\n", language="zh_CN.UTF-8")
        self.assertEqual(text, "a.csv: 第 2 行，“脱贫人口”列：-1 小于下限 0\n")

    def test_every_problem_at_once(self):
        text = self.problems("unit,period,people_lifted,households_lifted,registered_people\n"
                             "220122,2013-01,x,1,9\n,2013-02,1,1,9\n220122,2013-13,1,1.5,9\n")
        self.assertEqual(text.splitlines(), [
            "a.csv: row 2, column people_lifted: x is not a number with at most 0 decimals",
            "a.csv: row 3, column unit: the cell is empty",
            "a.csv: row 4, column period: 2013-13 is not a period: write 2013-04",
            "a.csv: row 4, column households_lifted: 1.5 is not a number with at most 0 decimals"])

    def test_missing_and_unknown_columns(self):
        self.assertIn("the sheet has no column period 期间", self.problems("unit,people_lifted\n220122,1\n"))
        self.assertIn("column voucher", self.problems("kind,unit,occurred,source,amount\nraised,220122,2013-01-01,sector,1\n"))
        self.assertIn("row 1, column poeple_lifted: column poeple_lifted is not known",
                      self.problems("unit,period,poeple_lifted\n220122,2013-01,1\n"))
        self.assertIn("stands in the sheet twice", self.problems("unit,unit,period,people_lifted\n1,1,2013-01,1\n"))

    def test_unreadable_files(self):
        self.assertIn("none.csv: the file cannot be read", self.submit("none.csv").stderr)
        self.assertIn("the sheet has no rows", self.problems(""))
        self.assertIn("neither UTF-8 nor GB18030", self.problems(b"unit,period\n\xff\xff\xff,1\n"))
        self.assertIn("row 2: a quoted cell is not closed", self.problems('unit,period\n220122,"2013-01\nx\n'))

    def test_one_bad_file_stores_nothing_of_the_good_one(self):
        good = self.write("good.csv", "unit,period,people_lifted,households_lifted,registered_people\n220122,2013-01,1,1,9\n")
        bad = self.write("bad.csv", "unit,period,people_lifted,households_lifted,registered_people\n220122,2013-02,1,1,\n")
        for words in ((good, bad), ("--each", good, bad)):
            text = self.submit(*words).stderr
            self.assertIn("bad.csv: row 2, column registered_people 建档立卡贫困人口: a value is required", text)
        self.assertEqual(self.centre.sql("SELECT count(*) FROM report WHERE unit = 220122 AND period = 201301"), [(0,)])

    def test_spreadsheet_dialects_are_read(self):
        """GBK, BOM, CRLF, quotes, full-width digits, thousands separators, months as written in China: all mean the same."""
        header = "单位,期间,替换版本,脱贫人口（人）,脱贫户数,建档立卡贫困人口,发放扶贫贴息贷款\n"
        row = '"220122","2013-10",{0},１２,3,"1,000","1,234,567.89"\n'
        dialects = [(header + row, "utf-8"), (header + row, "utf-8-sig"), (header + row, "gbk"), (header + row, "gb18030"),
                    ((header + row).replace("\n", "\r\n"), "utf-8"), ((header + row).replace("\n", "\r\n"), "gbk"),
                    *((header + row.replace("2013-10", month), "gbk") for month in ("2013年10月", "２０１３年１０月", "2013/10"))]
        for revision, (text, encoding) in enumerate(dialects):
            self.submit(self.write("d.csv", text.format(revision), encoding), check=0)
            self.assertEqual(
                self.centre.sql("SELECT indicator, value::bigint FROM report_value WHERE unit = 220122 AND "
                                "period = 201310 AND revision = %s ORDER BY indicator", revision + 1),
                [("households_lifted", 3), ("loans_issued", 1234568), ("people_lifted", 12), ("registered_people", 1000)])
        self.assertEqual(self.centre.sql('SELECT DISTINCT "values"[40] FROM report WHERE unit = 220122 AND period = 201310'),
                         [(123456789,)])

    def test_wrong_revision_is_told_with_the_current_one(self):
        sheet = self.write("r.csv", "unit,period,people_lifted,households_lifted,registered_people\n220122,2013-11,1,1,9\n")
        self.submit(sheet, check=0)
        changed = self.write("s.csv", "unit,period,people_lifted,households_lifted,registered_people\n220122,2013-11,2,1,9\n")
        text = self.submit(changed).stderr
        self.assertEqual(text, "s.csv: row 2, column replaces: the centre's current revision is 1, this row says it replaces 0\n")

    def test_correction_without_a_column(self):
        """What stood there would be gone without a word: the centre is asked, and the clerk."""
        header = "unit,period,replaces,people_lifted,households_lifted,registered_people"
        self.submit(self.write("c1.csv", f"{header},发放扶贫贴息贷款\n220122,2013-12,0,1,1,9,500\n"), check=0)
        less = self.write("c2.csv", f"{header}\n220122,2013-12,1,2,1,9\n")
        text = self.submit(less).stderr
        self.assertRegex(text, r"^c2\.csv: row 2.*the sheet has no column for it, and the revision that this row replaces has .* 500(\.00)?: add the column, "
                               r"with a – to clear the figure; or send all of it with --clear\n$")
        self.assertIn("表中缺少此列", self.submit(less, language="zh_CN.UTF-8").stderr)
        # Without a line nobody knows: it is told.
        told = self.office.run("check", less, check=0, cwd=self.directory).stdout
        self.assertIn("have no column for figures, and clear what stood there", told)
        # With its column it is a correction like any other; a figure that was not there needs none.
        self.submit(self.write("c3.csv", f"{header},发放扶贫贴息贷款\n220122,2013-12,1,2,1,9,–\n"), check=0)
        self.submit(self.write("c4.csv", f"{header}\n220122,2013-12,2,3,1,9\n"), check=0)
        self.submit(self.write("c5.csv", f"{header},发放扶贫贴息贷款\n220122,2013-12,3,3,1,9,600\n"), check=0)
        self.assertIn("clear what stood there", self.submit(self.write("c6.csv", f"{header}\n220122,2013-12,4,4,1,9\n"), "--clear", check=0).stdout)
        self.assertEqual(self.centre.sql("SELECT revision, value::bigint FROM report_value WHERE unit = 220122 AND period = 201312 AND "
                                         "indicator = 'loans_issued' ORDER BY revision"), [(1, 500), (4, 600)])

    def test_sheet_too_large_for_a_frame(self):
        """It goes in parts that fit, each with its own receipt, in the order of the rows."""
        rows = "".join(f"raised,220122,big-{i},2013-01-01,sector,1,{'x' * 480}\n" for i in range(5000))
        sheet = self.write("big.csv", "kind,unit,voucher,occurred,source,amount,note\n" + rows)
        out = self.submit(sheet, check=0).stdout
        self.assertRegex(out, r"^more than one submission can hold: goes as 2, in the order of its rows\n")
        self.assertEqual(re.findall(r"fund entries (\d+)", out), ["2500", "2500"])
        held = self.centre.sql("SELECT voucher FROM fund_entry WHERE unit = 220122 AND voucher LIKE 'big-%' ORDER BY seq, line")
        self.assertEqual([v for v, in held], [f"big-{i}" for i in range(5000)])

    def test_neighbour(self):
        sheet = self.write("n.csv", "unit,period,people_lifted,households_lifted,registered_people\n220112,2013-11,1,1,9\n")
        self.assertIn("n.csv: row 2, column unit: unit 220112 is not in the plan", self.submit(sheet).stderr)


if __name__ == "__main__":
    unittest.main()
