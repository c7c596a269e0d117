"""Review by level with three roles: county sends, prefecture passes or returns, province takes over; submitted and
approved totals side by side, checked against plain SQL; nobody overwrites anybody."""
import json
import os
import re
import unittest

from harness import Centre, CentreTest, Database, report, submission, wait_for
from wire import codes
import fupin_pb2 as pb

COUNTY, VILLAGE, OTHER = 220122, 220122101901, 220112
OFFICES = ("province", "admin", "prefecture-2201", "prefecture-2202", "county-220122", "county-220112")
STATES = {"sent": pb.SENT, "returned": pb.RETURNED, "passed": pb.PASSED, "taken": pb.TAKEN}


def review(decision, unit=COUNTY, period=201304, form=1, revision=1, step=0, reason=0, text=""):
    return pb.Review(unit=unit, period=period, form=form, revision=revision, step=step, decision=decision, reason=reason,
                     text=text.encode())


def returning(text="合计不符", **fields):
    return review(pb.RETURN, reason=pb.INCONSISTENT, text=text, **fields)


class ReviewTest(CentreTest):
    options = {"offices": OFFICES}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wires = {name: cls.centre.wire(name) for name in OFFICES}
        cls.period = 201300

    def setUp(self):
        """Each test has a month of its own."""
        type(self).period += 1

    def county(self, unit=COUNTY, reason="", **fields):
        by = f"county-{str(unit)[:6]}"
        row = report(self.numbers, unit, self.period, **fields)
        row.reason = reason.encode()
        return self.wires[by].submit(submission(row))

    def decide(self, by, *rows):
        for row in rows:
            row.period = self.period
        return self.wires[by].submit(submission(*rows))

    def prefecture(self, *rows):
        return self.decide("prefecture-2201", *rows)

    def province(self, *rows):
        return self.decide("province", *rows)

    def stands(self, unit=COUNTY, by="province"):
        items = self.wires[by].reports(unit, self.period, self.period)
        return next(i for i in items if i.key.unit == unit)

    def lifted(self, unit=22):
        """People lifted in this month: (submitted, approved)."""
        indicator = self.numbers["people_lifted"]
        row = self.wires["province"].total(unit, self.period, self.period, indicators=[indicator]).units[0]
        return row.values[0], row.approved[0]

    def assert_ok(self, *replies):
        for reply in replies:
            self.assertIsInstance(reply, pb.Receipt, reply)

    def assert_refused(self, reply, *expected):
        self.assertIsInstance(reply, pb.Refusal, reply)
        self.assertEqual(codes(reply), list(expected))


class Way(ReviewTest):
    """The way of a report, and what it is not."""

    def test_passed_and_taken(self):
        self.assert_ok(self.county(people_lifted=10, households_lifted=4, registered_people=90))
        self.assertEqual(self.lifted(), (10, 0))
        self.assertEqual(self.stands().state, pb.SENT)
        receipt = self.prefecture(review(pb.PASS))
        self.assert_ok(receipt)
        self.assertEqual((receipt.reports, receipt.fund_entries, receipt.others), (0, 0, 1))
        self.assertEqual(self.lifted(), (10, 10))
        self.assert_ok(self.province(review(pb.TAKE, step=1)))
        item = self.stands()
        self.assertEqual((item.state, item.step, item.approved, item.revision), (pb.TAKEN, 2, 1, 1))
        self.assertEqual(self.lifted(), (10, 10))
        # Locked, also with a reason; only the province opens it.
        self.assert_refused(self.county(replaces=1), "REPORT_LOCKED")
        self.assert_refused(self.county(replaces=1), "REPORT_LOCKED")
        self.assert_refused(self.prefecture(returning(step=2)), "REVIEW_STATE_WRONG")
        self.assert_ok(self.province(returning(step=2)))
        self.assertEqual(self.lifted(), (10, 0))
        # It was passed once: why it changes now is said.
        self.assert_refused(self.county(replaces=1, people_lifted=9), "REASON_MISSING")
        self.assert_ok(self.county(replaces=1, reason="漏报一人", people_lifted=9))
        self.assertEqual(self.lifted(), (9, 0))

    def test_returned_and_corrected(self):
        self.assert_ok(self.county(people_lifted=10))
        self.assert_ok(self.prefecture(returning("户数与人口不符")))
        item = self.stands(by="county-220122")
        self.assertEqual((item.state, item.reason, item.text), (pb.RETURNED, pb.INCONSISTENT, "户数与人口不符"))
        self.assertEqual(self.lifted(), (10, 0))
        # Freely corrected, without a reason; then it waits for review again.
        self.assert_ok(self.county(replaces=1, people_lifted=8))
        item = self.stands()
        self.assertEqual((item.state, item.reason, item.text, item.revision, item.step), (pb.SENT, 0, "", 2, 1))
        self.assert_ok(self.prefecture(review(pb.PASS, revision=2, step=1)))
        self.assertEqual(self.lifted(), (8, 8))

    def test_correction_after_passing_waits_for_consent(self):
        self.assert_ok(self.county(people_lifted=10), self.prefecture(review(pb.PASS)))
        self.assert_refused(self.county(replaces=1, people_lifted=12), "REASON_MISSING")
        self.assert_ok(self.county(replaces=1, reason="漏报两人", people_lifted=12))
        self.assertEqual(self.lifted(), (12, 10))
        item = self.stands()
        self.assertEqual((item.state, item.revision, item.approved), (pb.SENT, 2, 1))
        # The province cannot take over what the prefecture has not passed.
        self.assert_refused(self.province(review(pb.TAKE, revision=2, step=1)), "REVIEW_STATE_WRONG")
        # Returned: what was approved before stays so.
        self.assert_ok(self.prefecture(returning(revision=2, step=1)))
        self.assertEqual(self.lifted(), (12, 10))
        self.assert_ok(self.county(replaces=2, reason="核实为一人", people_lifted=11))
        self.assert_ok(self.prefecture(review(pb.PASS, revision=3, step=2)))
        self.assertEqual(self.lifted(), (11, 11))
        reasons = self.centre.sql("SELECT revision, reason FROM report WHERE unit = %s AND period = %s ORDER BY 1",
                                  COUNTY, self.period)
        self.assertEqual(reasons, [(1, None), (2, "漏报两人"), (3, "核实为一人")])

    def test_passing_is_withdrawn_by_returning(self):
        self.assert_ok(self.county(people_lifted=10), self.prefecture(review(pb.PASS)))
        self.assert_ok(self.prefecture(returning(step=1)))
        self.assertEqual(self.lifted(), (10, 0))
        self.assert_refused(self.prefecture(review(pb.PASS, step=2)), "REVIEW_STATE_WRONG")

    def test_stocks_stand_in_both(self):
        people = self.numbers["registered_people"]
        def standing():
            row = self.wires["province"].total(OTHER, self.period, self.period, indicators=[people]).units[0]
            return row.values[0], row.approved[0], row.reported[0], row.approved_reported[0]
        before = standing()
        self.assert_ok(self.county(OTHER, registered_people=500))
        self.assertEqual(standing(), (500, before[1], 1, before[3]))
        self.assert_ok(self.prefecture(review(pb.PASS, unit=OTHER)))
        self.assertEqual(standing(), (500, 500, 1, 1))
        type(self).period += 1  # it stands on, next month, in both
        self.assertEqual(standing(), (500, 500, 1, 1))
        self.assert_ok(self.county(OTHER, registered_people=400))
        self.assertEqual(standing(), (400, 500, 1, 1))


class Rules(ReviewTest):
    def test_who(self):
        self.assert_ok(self.county())
        cases = [
            ("county-220122", review(pb.PASS), "NOT_PERMITTED"),
            ("county-220122", returning(), "NOT_PERMITTED"),
            ("admin", review(pb.PASS), "NOT_PERMITTED"),
            ("province", review(pb.PASS), "NOT_PERMITTED"),
            ("prefecture-2201", review(pb.TAKE), "NOT_PERMITTED"),
            ("prefecture-2202", review(pb.PASS), "UNIT_OUT_OF_SCOPE"),
            ("prefecture-2202", returning(), "UNIT_OUT_OF_SCOPE"),
        ]
        for by, row, expected in cases:
            with self.subTest(by=by, decision=row.decision):
                self.assert_refused(self.decide(by, row), expected)
        self.assertEqual(self.stands().step, 0)

    def test_bad_rows(self):
        self.assert_ok(self.county())
        cases = [
            (review(0), "DECISION_UNKNOWN"), (review(4), "DECISION_UNKNOWN"),
            (review(pb.RETURN, text="x"), "REASON_MISSING"), (review(pb.RETURN, reason=pb.OTHER), "REASON_MISSING"),
            (review(pb.RETURN, reason=99, text="x"), "REASON_MISSING"),
            (returning("x" * 513), "TEXT_INVALID"), (returning("a\0"), "TEXT_INVALID"),
            (review(pb.PASS, unit=220122999), "UNIT_UNKNOWN"), (review(pb.PASS, form=77), "FORM_UNKNOWN"),
            (review(pb.PASS, revision=0), "REVIEW_OUTDATED"), (review(pb.PASS, unit=VILLAGE, form=2), "REVIEW_OUTDATED"),
        ]
        for row, expected in cases:
            with self.subTest(row=row):
                self.assert_refused(self.prefecture(row), expected)
        twice = self.prefecture(review(pb.PASS), review(pb.PASS))
        self.assert_refused(twice, "REPORT_REPEATED")
        self.assertEqual(self.stands().step, 0)

    def test_two_reviewers_never_overwrite_each_other(self):
        self.assert_ok(self.county())
        self.assert_ok(self.prefecture(review(pb.PASS)))
        late = self.prefecture(returning())
        self.assert_refused(late, "REVIEW_OUTDATED")
        self.assertIn("passed", late.problems[0].detail)
        # Neither does a reviewer decide on what he has not seen.
        self.assert_ok(self.prefecture(returning(step=1)), self.county(replaces=1, reason="核实", people_lifted=1))
        self.assert_refused(self.prefecture(review(pb.PASS, revision=1, step=2)), "REVIEW_OUTDATED")

    def test_as_a_whole(self):
        self.assert_ok(self.county(), self.county(OTHER))
        both = self.prefecture(review(pb.PASS), review(pb.PASS, unit=OTHER, revision=2))
        self.assert_refused(both, "REVIEW_OUTDATED")
        self.assertEqual(both.problems[0].index, 1)
        self.assertEqual(both.problems[0].subject, pb.REVIEW)
        self.assertEqual([self.stands(u).state for u in (COUNTY, OTHER)], [pb.SENT, pb.SENT])
        self.assert_ok(self.prefecture(review(pb.PASS), review(pb.PASS, unit=OTHER)))

    def test_in_flight_together(self):
        """A correction and a decision sent at the same moment: one of them is told that it came too late."""
        self.assert_ok(self.county())
        for round in range(10):
            step, revision = self.stands().step, self.stands().revision
            row = report(self.numbers, COUNTY, self.period, replaces=revision)
            row.reason = b"x"
            correction = pb.Request(submit=pb.Submit(submission=submission(row).SerializeToString()))
            decision = returning(revision=revision, step=step) if round % 2 else review(pb.PASS, revision=revision, step=step)
            decision.period = self.period
            verdict = pb.Request(submit=pb.Submit(submission=submission(decision).SerializeToString()))
            self.wires["county-220122"].send(correction)
            self.wires["prefecture-2201"].send(verdict)
            first, second = self.wires["county-220122"].receive(), self.wires["prefecture-2201"].receive()
            self.assertEqual(first.WhichOneof("body"), "receipt")
            after = self.stands()
            self.assertEqual(after.revision, revision + 1)
            if second.WhichOneof("body") == "receipt":  # it was there first
                self.assertEqual(after.step, step + 1)
            else:
                self.assertEqual((codes(second.refusal), after.step), (["REVIEW_OUTDATED"], step))
        self.centre.verify()

    def test_lists(self):
        units = [u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**8 == 2201]
        for unit in units:
            if unit // 10**6 in (COUNTY, OTHER):
                self.assert_ok(self.county(unit))
        mine = [u for u in units if u // 10**6 in (COUNTY, OTHER)]
        self.assertGreater(len(mine), 4)
        self.assert_ok(self.prefecture(review(pb.PASS, unit=mine[1], form=2), returning(unit=mine[2], form=2)))
        def listed(by, unit, **fields):
            return [i.key.unit for i in self.wires[by].reports(unit, self.period, self.period, **fields)]
        self.assertEqual(listed("prefecture-2201", 2201, states=[pb.SENT]), [mine[0], *mine[3:]])
        self.assertEqual(listed("prefecture-2201", 2201, states=[pb.PASSED, pb.RETURNED]), mine[1:3])
        self.assertEqual(listed("prefecture-2201", 2201, forms=[1]), [])
        for limit in (1, 2, 3, len(mine)):  # a page at a time
            self.assertEqual(listed("province", 22, limit=limit), mine)
        self.assertEqual(listed("county-220112", OTHER), [u for u in mine if u // 10**6 == OTHER])
        self.assert_refused(self.wires["county-220112"].reports(2201, self.period, self.period), "UNIT_OUT_OF_SCOPE")
        self.assert_refused(self.wires["province"].reports(22, 201312, 201301), "PERIOD_INVALID")
        self.assert_refused(self.wires["province"].reports(22, 201301, 201312, forms=[99]), "FORM_UNKNOWN")
        item = self.wires["province"].reports(mine[0], self.period, self.period, values=True)[0]
        values = dict(zip(item.indicators, item.values))
        self.assertEqual(values[self.numbers["village_started"]], 0)
        self.assertEqual(len(values), 6)


class Durable(unittest.TestCase):
    """Decisions are in the journal like everything else."""

    def test_restart_and_second_centre(self):
        database = Database()
        centre = Centre(database=database, offices=OFFICES).start()
        other = centre.beside().start()
        try:
            wires = {name: centre.wire(name) for name in OFFICES}
            numbers = {i.code: i.number for i in wires["province"].catalogue().indicators}
            for period in range(201301, 201307):
                wires["county-220122"].submit(submission(report(numbers, COUNTY, period, people_lifted=period % 100)))
            rows = [review(pb.PASS, period=201301), returning(period=201302), review(pb.PASS, period=201303),
                    review(pb.PASS, period=201304)]
            self.assertIsInstance(wires["prefecture-2201"].submit(submission(*rows)), pb.Receipt)
            self.assertIsInstance(wires["province"].submit(submission(review(pb.TAKE, period=201301, step=1))), pb.Receipt)
            self.assertIsInstance(wires["province"].submit(submission(returning(period=201303, step=1))), pb.Receipt)
            row = report(numbers, COUNTY, 201304, replaces=1, people_lifted=7)
            row.reason = b"x"
            last = wires["county-220122"].submit(submission(row))
            self.assertIsInstance(last, pb.Receipt)

            def picture(wire):
                items = [(i.key.period, i.state, i.step, i.revision, i.approved, i.text) for i in
                         wire.reports(22, 201301, 201312)]
                total = wire.total(22, 201301, 201312, indicators=[numbers["people_lifted"]]).units[0]
                return items, total.values[0], total.approved[0]
            expected = picture(wires["province"])
            self.assertEqual(expected[2], 1 + 4)
            beside = other.wire("province")
            wait_for("the other centre", lambda: beside.ping().as_of.seq == last.seq)
            self.assertEqual(picture(beside), expected)
            # The other one knows the state, too: what was taken is locked there.
            refused = other.wire("county-220122").submit(submission(report(numbers, COUNTY, 201301, replaces=1)))
            self.assertEqual(codes(refused), ["REPORT_LOCKED"])
            centre.kill()
            centre.start()
            self.assertEqual(picture(centre.wire("province")), expected)
            centre.verify()
            other.verify()
        finally:
            centre.stop()
            other.stop()
            database.stop()
            centre.check_log()
            other.check_log()


class Commands(unittest.TestCase):
    """The commands of an ordinary month."""

    def test_month(self):
        centre = Centre(offices=OFFICES).start()
        try:
            county, prefecture, province = (centre.offices[n] for n in ("county-220122", "prefecture-2201", "province"))
            sheet = os.path.join(centre.directory, "june.csv")
            def send(lines, **expect):
                with open(sheet, "w", encoding="utf-8") as file:
                    file.write("\n".join(lines) + "\n")
                return county.run("submit", sheet, **expect)
            head = "单位,期间,脱贫人口,脱贫户数,建档立卡贫困人口,替换版本,更正原因"
            send([head, "220122,2013-06,10,4,900,,", "220122,2013-05,5,2,910,,"], check=0)
            listed = prefecture.run("review", "list", check=0).stdout
            self.assertRegex(listed, r"220122 农安县 2013-05 county +1 sent  +–")
            # Return one month, pass the rest in bulk.
            prefecture.run("review", "return", "220122", "2013-06", check=2)
            prefecture.run("review", "return", "220122", "2013-06", "county", "--reason", "wrong_figure", "--text", "人口有误",
                           check=0)
            told = prefecture.run("review", "pass", "2201", check=0).stdout
            self.assertIn("review pass 2201   (1)", told)
            listed = county.run("review", "list", language="zh_CN.UTF-8", check=0).stdout
            self.assertRegex(listed, r"220122 农安县 2013-06 county +1 退回 +– +\S+ \S+  *数据有误: 人口有误")
            send([head, "220122,2013-06,9,4,900,1,"], check=0)
            refused = send([head, "220122,2013-05,6,2,910,1,"], check=3)
            self.assertIn("row 2, column reason: a reason is required", refused.stderr)
            send([head, "220122,2013-05,6,2,910,1,漏报一人"], check=0)
            # A reviewer who looked at revision 1 is told that there is a newer one.
            late = prefecture.run("review", "pass", "220122", "2013-06", "county", "--revision", "1", check=3)
            self.assertIn("the report changed since it was looked at", late.stderr)
            prefecture.run("review", "pass", "220122", "2013-06", "county", "--revision", "2", check=0)
            shown = json.loads(province.run("review", "list", "--state", "all", "--format", "json", check=0).stdout)
            states = {(r["period"], r["state"], r["revision"], r["approved"]) for r in shown["reports"]}
            self.assertEqual(states, {("2013-05", "sent", 2, 1), ("2013-06", "passed", 2, 2)})
            province.run("review", "take", "22", "2013-06", check=0)
            province.run("review", "take", "22", "2013-06", check=3)  # there is nothing left
            refused = send([head, "220122,2013-06,8,4,900,2,再改"], check=3)
            self.assertIn("only the province can open it again", refused.stderr)
            both = json.loads(province.run("total", "22", "--indicator", "people_lifted", "--format", "json", check=0).stdout)
            figures = both["whole"]["indicators"]["people_lifted"]
            self.assertEqual((figures["total"], figures["approved"]), ("15", "14"))
            county.run("review", "pass", "220122", "2013-06", check=3)
            centre.verify()
        finally:
            centre.stop()
            centre.check_log()

    def test_nothing_is_decided_on_that_was_not_seen(self):
        centre = Centre(offices=OFFICES).start()
        try:
            county, prefecture, province = (centre.offices[n] for n in ("county-220122", "prefecture-2201", "province"))
            sheet = os.path.join(centre.directory, "june.csv")
            def send(*rows):
                with open(sheet, "w", encoding="utf-8") as file:
                    file.write("\n".join(["单位,期间,脱贫人口,脱贫户数,建档立卡贫困人口,替换版本,更正原因", *rows]) + "\n")
                county.run("submit", sheet, check=0)
            def seen(office, *words):
                shown = office.run("review", "list", *words, check=0).stdout
                return re.search(r"--seen (\d+)\n", shown).group(1)
            send("220122,2013-05,5,2,910,,", "220122,2013-06,10,4,900,,")
            first = seen(prefecture)
            send("220122,2013-06,11,4,900,1,更正")
            # Corrected since: nothing of what was listed is passed, and May can be by itself.
            late = prefecture.run("review", "pass", "2201", "--seen", first, check=3)
            self.assertIn("the report changed since it was looked at", late.stderr)
            prefecture.run("review", "pass", "2201", "2013-05", "--seen", first, check=0)
            second = seen(prefecture)
            prefecture.run("review", "pass", "2201", "--seen", second, check=0)
            # A colleague who saw it as sent does not undo the passing of it.
            prefecture.run("review", "return", "220122", "2013-06", "county", "--seen", second, "--reason", "other", "--text", "x", check=3)
            states = json.loads(province.run("review", "list", "--state", "all", "--format", "json", check=0).stdout)["reports"]
            self.assertEqual({(r["period"], r["state"], r["approved"]) for r in states}, {("2013-05", "passed", 1), ("2013-06", "passed", 2)})
            province.run("review", "take", "22", "--seen", seen(province), check=0)
            for number in ("x", "0", "-1"):
                self.assertIn("the number of the commit", prefecture.run("review", "pass", "2201", "--seen", number, check=2).stderr)
            prefecture.run("review", "pass", "2201", "--seen", "999", check=3)
            self.assertNotIn("--seen", province.run("review", "list", "--state", "all", "--as-of", "1", check=0).stdout)
            centre.verify()
        finally:
            centre.stop()
            centre.check_log()


if __name__ == "__main__":
    unittest.main()
