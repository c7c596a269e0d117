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
# third month; where these are days off in 2013: the next working day. Each day ends at 24:00, the next one's 0:00.
MONTHS = {
    # period: (closed, corrections)
    201301: ((2013, 2, 21), (2013, 5, 3)),     # 30 April and 1 May are off (corrections: last day of April)
    201303: ((2013, 4, 23), (2013, 7, 2)),     # the 20th a Saturday; 30 June a Sunday
    201308: ((2013, 9, 23), (2013, 12, 3)),    # 20 September off, 21st off, Sunday the 22nd is worked; 30 November a Saturday
    201312: ((2014, 1, 21), (2014, 4, 1)),
}


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

    def at(self, seconds):
        """Moves the centre's clock to this moment."""
        pong = self.admin.set_clock(seconds)
        self.assertIsInstance(pong, pb.Pong, pong)
        self.assertLess(pong.time_us / 1e6 - seconds, 5)

    def send(self, period, unit=COUNTY, wire=None, **fields):
        return (wire or self.county).submit(submission(report(self.numbers, unit, period, **fields)))

    def assert_refused(self, reply, code, *numbers):
        self.assertIsInstance(reply, pb.Refusal)
        self.assertEqual(codes(reply), [code])
        for name, expected in numbers:
            self.assertEqual(getattr(reply.problems[0], name), expected)
        self.assertEqual(reply.retry_after_ms, 0)

    def test_a_year_of_boundaries(self):
        """In the order of time: the clock only goes forwards."""
        moments = []
        for period, (closed, corrections) in MONTHS.items():
            opens = china(period // 100, period % 100, 1)
            moments += [(opens, "open", period), (china(*closed), "closed", period),
                        (china(*corrections), "corrections", period)]
        for moment, event, period in sorted(moments):
            with self.subTest(event=event, period=period):
                getattr(self, "both_sides_of_" + event)(moment, period)

    def both_sides_of_open(self, moment, period):
        self.at(moment - 20)
        # Before its month begins there is no such period at all.
        self.assertEqual(codes(self.send(period)), ["PERIOD_FUTURE"])
        self.at(moment)
        self.assertIsInstance(self.send(period), pb.Receipt)

    def both_sides_of_closed(self, moment, period):
        self.at(moment - 20)
        self.assertIsInstance(self.send(period, unit=VILLAGE), pb.Receipt)
        self.at(moment)
        late = self.send(period, unit=OTHER_COUNTY, wire=self.other)
        self.assert_refused(late, "CLOSED_FOR_REPORTS", ("limit", moment))
        self.assertIn("长春市 2201", late.problems[0].text)
        # Corrections go on.
        self.assertIsInstance(self.send(period, unit=VILLAGE, replaces=1), pb.Receipt)

    def both_sides_of_corrections(self, moment, period):
        self.at(moment - 20)
        self.assertIsInstance(self.send(period, replaces=1), pb.Receipt)
        self.at(moment)
        self.assert_refused(self.send(period, replaces=2), "CLOSED_FOR_CORRECTIONS", ("limit", moment))
        self.at(moment + 10)
        # What was stored before is told again also after the end.
        row = submission(report(self.numbers, VILLAGE, period, replaces=2))
        self.assert_refused(self.county.submit(row), "CLOSED_FOR_CORRECTIONS")

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
