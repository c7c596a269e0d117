"""Deadlines: both sides of each, by the centre's clock alone; exceptions; the drill's clock."""
import datetime
import os
import unittest

from harness import CHINA, Centre, CentreTest, china, copy_plan, edit_csv, entry, new_directory, report, submission
from wire import codes
import fupin_pb2 as pb

COUNTY, OTHER_COUNTY, VILLAGE = 220122, 220112, 220122101901
OFFICES = ("province", "admin", "prefecture-2201", "prefecture-2202", "county-220122", "county-220112")

# Due on the 5th of the next month, closed to first reports on the 20th, to corrections on the last day of the
# third month; where these are days off: the next working day. Each day ends at 24:00, the next one's 0:00.
MONTHS = {
    # period: (due, closed, corrections)
    201301: ((2013, 2, 6), (2013, 2, 21), (2013, 5, 3)),     # 30 April and 1 May are off
    201302: ((2013, 3, 6), (2013, 3, 21), (2013, 6, 1)),
    201303: ((2013, 4, 8), (2013, 4, 23), (2013, 7, 2)),     # 5 April off, Sunday the 7th is worked; the 20th a Saturday; 30 June a Sunday
    201304: ((2013, 5, 7), (2013, 5, 21), (2013, 8, 1)),     # 5 May a Sunday
    201305: ((2013, 6, 6), (2013, 6, 21), (2013, 9, 3)),     # 31 August a Saturday
    201306: ((2013, 7, 6), (2013, 7, 23), (2013, 10, 1)),    # 20 July a Saturday
    201307: ((2013, 8, 6), (2013, 8, 21), (2013, 11, 1)),
    201308: ((2013, 9, 6), (2013, 9, 23), (2013, 12, 3)),    # 20 September off, 21st off, Sunday the 22nd is worked; 30 November a Saturday
    201309: ((2013, 10, 9), (2013, 10, 22), (2014, 1, 1)),   # 5 to 7 October off; the 20th a Sunday
    201310: ((2013, 11, 6), (2013, 11, 21), (2014, 2, 8)),   # 31 January to 6 February are off
    201311: ((2013, 12, 6), (2013, 12, 21), (2014, 3, 1)),
    201312: ((2014, 1, 7), (2014, 1, 21), (2014, 4, 1)),     # 5 January a Sunday
}
EVENTS = ("open", "due", "closed", "corrections")


def completeness(wire, unit, form, period):
    """The row of one unit, and the answer that it stands in."""
    query = pb.CompletenessQuery(unit=unit, forms=[form], to=period, missing=True, late=True)
    setattr(query, "from", period)
    answer = wire.ask(pb.Request(completeness=query)).completeness
    return answer.rows[0], answer


def plan_with_deadlines():
    return copy_plan(os.path.join(new_directory(), "plan"), deadlines=True)


class Deadlines(CentreTest):
    options = {"offices": OFFICES}

    @classmethod
    def setUpClass(cls):
        cls.options = {"offices": OFFICES, "plan": plan_with_deadlines(), "options": ("--clock", "2012-12-30T09:00")}
        super().setUpClass()
        cls.admin = cls.centre.wire("admin")
        cls.county = cls.centre.wire("county-220122")
        cls.other = cls.centre.wire("county-220112")
        cls.prefecture = cls.centre.wire("prefecture-2201")
        cls.province = cls.centre.wire("province")
        cls.villages = sorted(u.code for u in cls.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY)
        cls.recorded = 0
        cls.in_time = {}

    def at(self, seconds):
        """Moves the centre's clock to this moment, or to the newest receipt's: it may go back as far as that."""
        seconds = max(seconds, self.recorded)
        pong = self.admin.set_clock(seconds)
        self.assertIsInstance(pong, pb.Pong, pong)
        self.assertLess(pong.time_us / 1e6 - seconds, 5)

    def send(self, period, unit=COUNTY, wire=None, **fields):
        reply = (wire or self.county).submit(submission(report(self.numbers, unit, period, **fields)))
        if isinstance(reply, pb.Receipt):
            type(self).recorded = reply.time_us / 1e6 + 1e-5
        return reply

    def assert_taken_before(self, moment, code, *words, **fields):
        """Sends in the last second before the moment. Where the machine took longer than that, the refusal says so, and
        it is sent again."""
        for _ in range(100):
            self.at(moment - 1)
            reply = self.send(*words, **fields)
            if isinstance(reply, pb.Receipt):
                self.assertLess(reply.time_us, moment * 10**6)
                return
            self.assertEqual(codes(reply), [code])
            self.assertGreaterEqual(reply.problems[0].actual, moment)
        self.fail("this machine is too slow for a second's work")

    def assert_refused(self, reply, code, *numbers):
        self.assertIsInstance(reply, pb.Refusal)
        self.assertEqual(codes(reply), [code])
        for name, expected in numbers:
            self.assertEqual(getattr(reply.problems[0], name), expected)
        self.assertEqual(reply.retry_after_ms, 0)

    def test_a_year_of_boundaries(self):
        """In the order of time: the clock only goes forwards. Some moments are boundaries of two months."""
        boundaries = {}
        for period, days in MONTHS.items():
            for event, day in zip(EVENTS, ((period // 100, period % 100, 1), *days)):
                boundaries.setdefault(china(*day), []).append((event, period))
        self.assertEqual(sum(map(len, boundaries.values())), 4 * 12)
        for moment in sorted(boundaries):
            for side in ("before", "from"):
                for event, period in boundaries[moment]:
                    with self.subTest(side=side, event=event, period=period):
                        getattr(self, f"{side}_{event}")(moment, period)

    def before_open(self, moment, period):
        self.at(moment - 1)
        reply = self.send(period)
        if isinstance(reply, pb.Receipt):  # this machine took longer than the second
            self.assertGreaterEqual(reply.time_us, moment * 10**6)
            return
        # Before its month begins there is no such period at all.
        self.assertEqual(codes(reply), ["PERIOD_FUTURE"])

    def from_open(self, moment, period):
        self.at(moment)
        self.assertIsInstance(self.send(period), pb.Receipt)

    def assert_counted(self, moment, period, receipts):
        """Of the county's villages: by the receipts' times and the answer's own."""
        row, answer = completeness(self.province, COUNTY, 2, period)
        due = answer.time_us >= moment * 10**6
        late = [max(0, r.time_us // 10**6 - moment) for r in receipts if r.time_us >= moment * 10**6]
        owed, came = len(self.villages), len(receipts)
        self.assertEqual((row.due, row.received, row.missing, row.on_time, row.open, row.open_received),
                         (owed, came, owed - came, came - len(late), 0, 0) if due else (0, 0, 0, 0, owed, came))
        if due:
            self.assertEqual((row.late_seconds, row.late_most), (sum(late), max(late, default=0)))
            self.assertEqual(sorted(d.first_time for d in answer.duties),
                             sorted([0] * (owed - came) + [moment + seconds for seconds in late]))
        else:
            self.assertEqual(len(answer.duties), 0)

    def before_due(self, moment, period):
        self.at(moment - 1)
        receipt = self.send(period, unit=self.villages[1])
        self.assertIsInstance(receipt, pb.Receipt)
        self.in_time[period] = receipt
        self.at(moment - 1)
        self.assert_counted(moment, period, [receipt])

    def from_due(self, moment, period):
        self.at(moment)
        self.assert_counted(moment, period, [self.in_time[period]])
        self.at(moment)
        receipt = self.send(period, unit=self.villages[2])
        self.assertIsInstance(receipt, pb.Receipt)
        self.assertGreaterEqual(receipt.time_us, moment * 10**6)
        self.assert_counted(moment, period, [self.in_time[period], receipt])

    def before_closed(self, moment, period):
        self.assert_taken_before(moment, "CLOSED_FOR_REPORTS", period, unit=VILLAGE)

    def from_closed(self, moment, period):
        self.at(moment)
        late = self.send(period, unit=OTHER_COUNTY, wire=self.other)
        self.assert_refused(late, "CLOSED_FOR_REPORTS", ("limit", moment))
        self.assertIn("长春市 2201", late.problems[0].text)
        # Corrections go on.
        self.assertIsInstance(self.send(period, unit=VILLAGE, replaces=1), pb.Receipt)

    def before_corrections(self, moment, period):
        self.assert_taken_before(moment, "CLOSED_FOR_CORRECTIONS", period, replaces=1)

    def from_corrections(self, moment, period):
        self.at(moment)
        late = self.send(period, replaces=2)
        self.assert_refused(late, "CLOSED_FOR_CORRECTIONS", ("limit", moment))
        self.assertIn("长春市 2201", late.problems[0].text)
        self.assert_refused(self.send(period, unit=VILLAGE, replaces=2), "CLOSED_FOR_CORRECTIONS", ("limit", moment))

    def test_repeat_after_the_end_gets_the_first_receipt(self):
        """Sorted behind the year: the clock stands in 2014."""
        self.at(china(2014, 4, 2))
        stored = self.centre.sql("SELECT encode(uuid_send(id), 'hex'), seq FROM submission ORDER BY seq LIMIT 1")
        self.assertEqual(len(stored), 1)
        late = submission(report(self.numbers, OTHER_COUNTY, 201301))
        self.assert_refused(self.other.submit(late), "CLOSED_FOR_REPORTS")
        extension = pb.Extension(unit=OTHER_COUNTY, period=201301, form=1, event=pb.CLOSED,
                                 until=china(2014, 4, 3), reason="网络中断".encode())
        self.assertIsInstance(self.prefecture.submit(submission(extension)), pb.Receipt)
        first = self.other.submit(late)
        self.assertIsInstance(first, pb.Receipt)
        self.at(china(2014, 4, 3))
        self.assertEqual(self.other.submit(late), first)
        self.assert_refused(self.send(201302, unit=OTHER_COUNTY, wire=self.other), "CLOSED_FOR_REPORTS")


class NotOpen(CentreTest):
    """Reports of a month are taken from its 25th on: the period has begun, and it is too early all the same."""

    @classmethod
    def setUpClass(cls):
        plan = plan_with_deadlines()
        edit_csv(os.path.join(plan, "deadlines.csv"),
                 lambda rows: [row.update(months="0", day="25") for row in rows if row["event"] == "open"] and None)
        cls.options = {"offices": OFFICES, "plan": plan, "options": ("--clock", "2012-12-30T09:00")}
        super().setUpClass()
        cls.admin, cls.county = cls.centre.wire("admin"), cls.centre.wire("county-220122")

    def at(self, seconds):
        self.assertIsInstance(self.admin.set_clock(seconds), pb.Pong)

    def send(self, period):
        return self.county.submit(submission(report(self.numbers, COUNTY, period)))

    def counted(self, period):
        row, answer = completeness(self.county, COUNTY, 1, period)
        return answer.time_us // 10**6, (row.due, row.open, row.open_received)

    def test_every_month(self):
        """Also where the 25th is a day off: opening waits for nobody."""
        for month in range(1, 12):
            with self.subTest(month=month):
                moment = china(2013, month, 25)
                self.at(moment - 1)
                now, counts = self.counted(201300 + month)
                self.assertEqual(counts, (0, 0, 0) if now < moment else (0, 1, 0))
                self.at(moment - 3600)
                self.assert_not_open(self.send(201300 + month), moment, 3600)
                self.at(moment - 1)
                reply = self.send(201300 + month)
                if isinstance(reply, pb.Receipt):  # this machine took longer than the second
                    self.assertGreaterEqual(reply.time_us, moment * 10**6)
                    continue
                self.assert_not_open(reply, moment, 1)
                self.at(moment)
                self.assertEqual(self.counted(201300 + month)[1], (0, 1, 0))
                self.at(moment)
                self.assertIsInstance(self.send(201300 + month), pb.Receipt)
                self.assertEqual(self.counted(201300 + month)[1], (0, 1, 1))

    def assert_not_open(self, reply, moment, before):
        self.assertEqual(codes(reply), ["NOT_OPEN"])
        self.assertEqual(reply.problems[0].limit, moment)
        self.assertTrue(moment - before <= reply.problems[0].actual < moment)
        self.assertEqual(reply.retry_after_ms, 0)

    def test_the_office_is_told_from_when_on(self):
        """Sorted behind the others: in December."""
        county = self.centre.offices["county-220122"]
        sheet = os.path.join(self.centre.directory, "december.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("unit,period,people_lifted,households_lifted,registered_people\n220122,2013-12,1,1,1\n")
        self.at(china(2013, 12, 24, 9))
        refused = county.run("submit", sheet, check=3)
        self.assertIn("row 2, column period: reports for this period are accepted from 2013-12-25 00:00:00 on (it is "
                      "2013-12-24 09:00:", refused.stderr)
        refused = county.run("submit", sheet, language="zh_CN.UTF-8", check=3)
        self.assertIn("本期报表从 2013-12-25 00:00:00 起受理（现在是 2013-12-24 09:00:", refused.stderr)
        self.at(china(2013, 12, 25))
        county.run("submit", sheet, check=0)


class Exceptions(CentreTest):
    """Who may let whom come later, and what counts then."""

    @classmethod
    def setUpClass(cls):
        cls.options = {"offices": OFFICES, "plan": plan_with_deadlines(), "options": ("--clock", "2013-03-25T09:00")}
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}

    def extend(self, by, unit=COUNTY, period=201301, form=1, event=pb.CLOSED, until=china(2013, 4, 1), reason="水灾"):
        row = pb.Extension(unit=unit, period=period, form=form, event=event, until=until, reason=reason.encode())
        return self.wires[by].submit(submission(row))

    def send(self, period=201301, unit=COUNTY, by="county-220122", **fields):
        return self.wires[by].submit(submission(report(self.numbers, unit, period, **fields)))

    def test_who(self):
        cases = [
            ("county-220122", COUNTY, ["NOT_PERMITTED"]),
            ("admin", COUNTY, ["NOT_PERMITTED"]),
            ("prefecture-2202", COUNTY, ["UNIT_OUT_OF_SCOPE"]),
            ("prefecture-2201", 2201, ["UNIT_OUT_OF_SCOPE"]),
            ("prefecture-2201", 22, ["UNIT_OUT_OF_SCOPE"]),
        ]
        for by, unit, expected in cases:
            with self.subTest(by=by, unit=unit):
                self.assertEqual(codes(self.extend(by, unit=unit, period=201302)), expected)

    def test_what(self):
        cases = [
            (dict(event=pb.OPEN), "EVENT_INVALID"), (dict(event=0), "EVENT_INVALID"), (dict(event=5), "EVENT_INVALID"),
            (dict(until=china(2013, 2, 21)), "TIME_INVALID"),  # the plan's own
            (dict(until=2**40), "TIME_INVALID"), (dict(reason=""), "REASON_MISSING"),
            (dict(reason="x" * 513), "TEXT_INVALID"), (dict(reason="a\0b"), "TEXT_INVALID"),
            (dict(form=9), "FORM_UNKNOWN"), (dict(unit=220122999999), "UNIT_UNKNOWN"),
            (dict(unit=VILLAGE, form=1), "FORM_LEVEL_WRONG"), (dict(period=201313), "PERIOD_INVALID"),
        ]
        for fields, expected in cases:
            with self.subTest(fields=fields):
                self.assertEqual(codes(self.extend("prefecture-2201", **fields)), [expected])

    def test_what_of_a_document(self):
        def extend(by="prefecture-2201", **change):
            fields = dict(unit=COUNTY, document=1, event=pb.DUE, until=china(2013, 5, 10), reason="水灾".encode())
            return self.wires[by].submit(submission(pb.Extension(**{**fields, **change})))
        due = next(k.due for k in self.catalogue.document_kinds if k.number == 1)
        cases = [
            (dict(document=9), "DOCUMENT_KIND_UNKNOWN"), (dict(unit=VILLAGE), "DOCUMENT_LEVEL_WRONG"), (dict(event=pb.CLOSED), "EVENT_INVALID"),
            (dict(until=due), "TIME_INVALID"), (dict(form=1), "FORM_UNKNOWN"), (dict(period=201301), "PERIOD_INVALID"), (dict(reason=b""), "REASON_MISSING"),
            (dict(by="county-220122"), "NOT_PERMITTED"), (dict(by="prefecture-2201", unit=222401), "UNIT_OUT_OF_SCOPE"),
        ]
        for fields, expected in cases:
            with self.subTest(fields=fields):
                self.assertEqual(codes(extend(**fields)), [expected])
        self.assertIsInstance(extend(until=due + 1), pb.Receipt)
        self.assertEqual(self.centre.sql("SELECT unit, period, form, event, document FROM extension WHERE document <> 0"), [(COUNTY, 0, 0, pb.DUE, 1)])

    def test_later_for_one_and_all_below(self):
        self.assertEqual(codes(self.send()), ["CLOSED_FOR_REPORTS"])
        self.assertEqual(codes(self.send(unit=VILLAGE)), ["CLOSED_FOR_REPORTS"])
        self.assertIsInstance(self.extend("prefecture-2201", form=2), pb.Receipt)
        # Of the county's villages; the county's own form is another one.
        self.assertIsInstance(self.send(unit=VILLAGE), pb.Receipt)
        self.assertEqual(codes(self.send()), ["CLOSED_FOR_REPORTS"])
        self.assertIsInstance(self.extend("province", unit=22), pb.Receipt)
        self.assertIsInstance(self.send(), pb.Receipt)
        other = report(self.numbers, OTHER_COUNTY, 201301)
        self.assertIsInstance(self.wires["county-220112"].submit(submission(other)), pb.Receipt)

    def test_the_newest_counts_and_the_plan_is_the_least(self):
        self.assertIsInstance(self.extend("prefecture-2201", unit=OTHER_COUNTY, period=201302, form=2,
                                          until=china(2013, 4, 10)), pb.Receipt)
        self.assertIsInstance(self.extend("prefecture-2201", unit=OTHER_COUNTY, period=201302, form=2,
                                          until=china(2013, 3, 25)), pb.Receipt)
        village = next(u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == OTHER_COUNTY)
        self.assertEqual(codes(self.send(201302, unit=village, by="county-220112")), ["CLOSED_FOR_REPORTS"])
        rows = self.centre.sql("SELECT count(*) FROM extension WHERE unit = %s", OTHER_COUNTY)
        self.assertEqual(rows, [(2,)])

    def test_what_is_due_later_is_open_as_long(self):
        def send():
            return self.wires["county-220112"].submit(submission(report(self.numbers, OTHER_COUNTY, 201302)))
        self.assertEqual(codes(send()), ["CLOSED_FOR_REPORTS"])
        self.assertIsInstance(self.extend("prefecture-2201", unit=OTHER_COUNTY, period=201302, event=pb.DUE, until=china(2013, 4, 1)), pb.Receipt)
        self.assertIsInstance(send(), pb.Receipt)

    def test_funds_have_no_deadline(self):
        self.assertIsInstance(self.wires["county-220122"].submit(submission(entry(COUNTY, "f1", occurred=20130102))),
                              pb.Receipt)

    def test_after_a_restart(self):
        self.assertIsInstance(self.extend("prefecture-2201", period=201302, until=china(2013, 4, 5)), pb.Receipt)
        self.centre.stop()
        self.centre.start()
        type(self).wires = {name: self.centre.wire(name) for name in OFFICES}
        self.assertIsInstance(self.send(201302), pb.Receipt)


class Clock(unittest.TestCase):
    def test_no_drill_no_clock(self):
        centre = Centre(offices=("admin", "province", "county-220122")).start()
        try:
            self.assertEqual(codes(centre.wire("admin").set_clock(china(2013, 1, 1))), ["NOT_PERMITTED"])
            self.assertEqual(codes(centre.wire("county-220122").set_clock(china(2013, 1, 1))), ["NOT_PERMITTED"])
        finally:
            centre.stop()
            centre.check_log()

    def test_only_forwards(self):
        centre = Centre(offices=("admin", "county-220122"), options=("--clock", "2013-06-05T12:00")).start()
        try:
            admin, county = centre.wire("admin"), centre.wire("county-220122")
            now = county.hello().time_us / 1e6
            self.assertLess(abs(now - china(2013, 6, 5, 12)), 60)
            self.assertEqual(codes(county.set_clock(now + 100)), ["NOT_PERMITTED"])
            numbers = {i.code: i.number for i in county.catalogue().indicators}
            receipt = county.submit(submission(report(numbers, COUNTY, 201305)))
            self.assertLess(abs(receipt.time_us / 1e6 - china(2013, 6, 5, 12)), 60)
            self.assertEqual(codes(admin.set_clock(china(2013, 6, 4))), ["TIME_INVALID"])
            self.assertIsInstance(admin.set_clock(china(2013, 8, 1)), pb.Pong)
            text = centre.offices["county-220122"].run("clock", check=0).stdout
            self.assertTrue(text.startswith("2013-08-01 00:00"), text)
            text = centre.offices["admin"].run("clock", "2013-08-20T09:00", check=0).stdout
            self.assertTrue(text.startswith("2013-08-20 09:00"), text)
            centre.offices["admin"].run("clock", "yesterday", check=2)
        finally:
            centre.stop()
            centre.check_log()


class Plan(unittest.TestCase):
    """Errors in the two files are told with their line and column."""

    def load(self, file, change):
        plan = plan_with_deadlines()
        edit_csv(os.path.join(plan, file), change)
        centre = Centre(plan=plan, offices=())
        result = centre.load()
        self.assertEqual(result.returncode, 3, result.stderr)
        return result.stderr

    def test_errors(self):
        def set_cell(column, value, row=1):
            def change(rows):
                rows[row][column] = value
            return change
        cases = [
            ("deadlines.csv", set_cell("form", "nobody"), 'deadlines.csv:3: column form: "nobody" is not in forms.csv'),
            ("deadlines.csv", set_cell("event", "end"), "column event"),
            ("deadlines.csv", set_cell("time", "24:30"), "column time"),
            ("deadlines.csv", set_cell("day", "32"), "column day"),
            ("deadlines.csv", set_cell("first_period", "2013-13"), "column first_period"),
            ("deadlines.csv", set_cell("event", "open"), "two rules"),
            ("deadlines.csv", set_cell("months", "2"), "due comes after closed"),
            ("calendar.csv", set_cell("date", "2013-02-30"), "calendar.csv:3: column date"),
            ("calendar.csv", set_cell("kind", "half"), "neither off nor work"),
            ("calendar.csv", set_cell("date", "2013-01-01"), "stands in the calendar twice"),
        ]
        for file, change, expected in cases:
            with self.subTest(expected=expected):
                self.assertIn(expected, self.load(file, change))


class Commands(unittest.TestCase):
    def test_extend(self):
        centre = Centre(plan=plan_with_deadlines(), offices=OFFICES, options=("--clock", "2013-03-25T09:00")).start()
        try:
            county, prefecture = centre.offices["county-220122"], centre.offices["prefecture-2201"]
            sheet = os.path.join(centre.directory, "january.csv")
            with open(sheet, "w", encoding="utf-8") as file:
                file.write("unit,period,people_lifted,households_lifted,registered_people\n220122,2013-01,1,1,1\n")
            refused = county.run("submit", sheet, check=3)
            self.assertIn("row 2, column period: reports for this period closed at 2013-02-20 24:00; 长春市 2201 can let "
                          "this unit come later (fupin extend)", refused.stderr)
            refused = county.run("submit", sheet, language="zh_CN.UTF-8", check=3)
            self.assertIn("本期报表已于 2013-02-20 24:00 截止；可由 长春市 2201 宽限", refused.stderr)
            prefecture.run("extend", "220122", "2013-01", "--closed", "2013-03-31", check=2)  # no reason
            prefecture.run("extend", "220122", "2013-01", "--closed", "soon", "--reason", "x", check=2)
            county.run("extend", "220122", "2013-01", "--closed", "2013-03-31", "--reason", "x", check=3)
            told = prefecture.run("extend", "220122", "2013-01", "--closed", "2013-03-31", "--due", "2013-03-31", "--reason",
                                  "水灾", check=0)
            self.assertRegex(told.stdout, r"^receipt \S+ seq 1 2013-03-25 .*: extend 220122 2013-01\n$")
            self.assertEqual(centre.sql("SELECT form, event, reason FROM extension ORDER BY line"),
                             [(1, 2, "水灾"), (1, 3, "水灾"), (2, 2, "水灾"), (2, 3, "水灾"), (3, 2, "水灾"), (3, 3, "水灾")])
            county.run("submit", sheet, check=0)
        finally:
            centre.stop()
            centre.check_log()


if __name__ == "__main__":
    unittest.main()
