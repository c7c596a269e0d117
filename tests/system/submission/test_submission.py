"""Revisions, submission ids, receipts, and what several requests in flight do to each other."""
import contextlib
import unittest

from harness import wait_for, CentreTest, entry, pb, report, submission
from wire import codes, digest, uuid7

COUNTY = 220122


class Submission(CentreTest):
    def setUp(self):
        self.wire = self.centre.wire("county-220122")

    def total(self, indicator, first=201301, last=201312, unit=COUNTY):
        total = self.wire.total(unit, first, last, indicators=[self.numbers[indicator]])
        return total.units[0].values[0]

    def test_receipt_tells_what_is_on_disk(self):
        sent = submission(report(self.numbers, COUNTY, 201301, people_lifted=7), entry(COUNTY, "r-1"))
        data = sent.SerializeToString()
        receipt = self.wire.submit(data)
        self.assertEqual((receipt.id, receipt.digest), (sent.id, digest(data)))
        self.assertEqual((receipt.reports, receipt.fund_entries), (1, 1))
        rows = self.centre.sql("SELECT seq, digest, report_count, entry_count, "
                               "extract(epoch FROM recorded_at) * 1000000 FROM submission "
                               "WHERE encode(uuid_send(id), 'hex') = %s", sent.id.hex())
        self.assertEqual([(int(r[0]), bytes(r[1]), r[2], r[3], int(r[4])) for r in rows],
                         [(receipt.seq, receipt.digest, 1, 1, receipt.time_us)])

    def test_total_is_right_with_the_receipt(self):
        before = self.total("people_lifted", 201302, 201302)
        receipt = self.wire.submit(submission(report(self.numbers, COUNTY, 201302, people_lifted=41)))
        total = self.wire.total(COUNTY, 201302, 201302, indicators=[self.numbers["people_lifted"]])
        self.assertGreaterEqual(total.as_of.seq, receipt.seq)
        self.assertEqual(total.units[0].values[0], before + 41)

    def test_same_bytes_again_give_the_first_receipt(self):
        sent = submission(report(self.numbers, COUNTY, 201303, people_lifted=3))
        first = self.wire.submit(sent)
        again = self.wire.submit(sent)
        self.assertEqual(first.SerializeToString(), again.SerializeToString())
        self.assertEqual(self.total("people_lifted", 201303, 201303), 3)

    def test_same_id_with_other_content_is_refused(self):
        sent = submission(entry(COUNTY, "other-1"))
        self.wire.submit(sent)
        sent.fund_entries[0].amount_fen += 1
        self.assertEqual(codes(self.wire.submit(sent)), ["ID_REUSED"])

    def test_id_of_another_office_is_refused(self):
        sent = submission(entry(COUNTY, "mine-1"))
        self.wire.submit(sent)
        theirs = submission(entry(220112, "theirs-1"))
        theirs.id = sent.id
        self.assertEqual(codes(self.centre.wire("county-220112").submit(theirs)), ["ID_REUSED"])

    def test_correction_moves_totals_by_the_difference(self):
        self.wire.submit(submission(report(self.numbers, COUNTY, 201304, people_lifted=100)))
        self.wire.submit(submission(report(self.numbers, COUNTY, 201304, replaces=1, people_lifted=60)))
        self.assertEqual(self.total("people_lifted", 201304, 201304), 60)
        rows = self.centre.sql("SELECT revision FROM report WHERE unit = %s AND period = 201304 "
                               "ORDER BY revision", COUNTY)
        self.assertEqual(rows, [(1,), (2,)])

    def test_wrong_guess_is_refused_with_the_current_revision(self):
        self.wire.submit(submission(report(self.numbers, COUNTY, 201305, people_lifted=1)))
        for guess in (0, 2, 7):
            refusal = self.wire.submit(submission(report(self.numbers, COUNTY, 201305, replaces=guess)))
            self.assertEqual(codes(refusal), ["REVISION_CONFLICT"])
            self.assertEqual((refusal.problems[0].limit, refusal.problems[0].actual), (1, guess))

    def test_one_bad_report_stores_nothing_of_its_submission(self):
        good = report(self.numbers, COUNTY, 201306, people_lifted=5)
        bad = report(self.numbers, COUNTY, 201307, people_lifted=-1)
        refusal = self.wire.submit(submission(good, entry(COUNTY, "half-1"), bad))
        self.assertEqual([(p.index, p.column) for p in refusal.problems], [(1, "people_lifted")])
        self.assertEqual(self.centre.sql("SELECT count(*) FROM report WHERE unit = %s AND period = 201306",
                                         COUNTY), [(0,)])
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher = 'half-1'"), [(0,)])

    def test_chain_of_corrections_in_flight_is_stored_in_order(self):
        """Sent without waiting: each builds on one that is still on its way to the disk."""
        requests = [submission(report(self.numbers, COUNTY, 201308, replaces=i, people_lifted=i))
                    for i in range(20)]
        wanted = [self.wire.send(pb.Request(submit=pb.Submit(submission=r.SerializeToString())))
                  for r in requests]
        replies = {}
        while len(replies) < len(wanted):
            reply = self.wire.receive()
            replies[reply.request_id] = reply
        seqs = [replies[i].receipt.seq for i in wanted]
        self.assertTrue(all(seqs))
        self.assertEqual(seqs, sorted(seqs))
        self.assertEqual(self.total("people_lifted", 201308, 201308), 19)

    def test_same_submission_many_times_in_flight_is_stored_once(self):
        sent = submission(entry(COUNTY, "storm-1", amount_fen=500)).SerializeToString()
        wires = [self.centre.wire("county-220122") for _ in range(8)]
        for wire in wires:
            for _ in range(8):
                wire.send(pb.Request(submit=pb.Submit(submission=sent)))
        facts = {wire.receive().receipt.SerializeToString() for wire in wires for _ in range(8)}
        self.assertEqual(len(facts), 1)
        self.assertNotEqual(facts, {b""})
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_entry WHERE voucher = 'storm-1'"), [(1,)])

    def test_rivals_for_one_revision_leave_one_winner(self):
        wires = [self.centre.wire("county-220122") for _ in range(6)]
        for i, wire in enumerate(wires):
            sent = submission(report(self.numbers, COUNTY, 201309, people_lifted=i + 1))
            wire.send(pb.Request(submit=pb.Submit(submission=sent.SerializeToString())))
        bodies = sorted(wire.receive().WhichOneof("body") for wire in wires)
        self.assertEqual(bodies, ["receipt"] + ["refusal"] * 5)

    def test_what_is_answered_without_a_commit_uses_up_no_turn(self):
        """A large submission again (a duplicate), and one that is refused: what comes after them is written."""
        large = submission(*[entry(COUNTY, f"large-{i}") for i in range(1000)])
        stale = submission(*[entry(COUNTY, f"large-{i}") for i in range(900)])
        first = self.wire.submit(large)
        for message in (large, stale, large):
            self.wire.send(pb.Request(submit=pb.Submit(submission=message.SerializeToString())))
        last = self.wire.submit(submission(entry(COUNTY, "after-the-large-one")), timeout=10)
        self.assertEqual(last.seq, first.seq + 1)

    def test_large_submissions_of_one_office_let_others_pass(self):
        """Each of them is more than half a batch: the other office's single row does not wait for all."""
        other = self.centre.wire("county-220112")
        large = [submission(*[entry(COUNTY, f"pile-{n}-{i}") for i in range(4500)]) for n in range(8)]
        data = [message.SerializeToString() for message in large]
        small = submission(entry(220112, "between")).SerializeToString()
        # All of them are there before the first is written.
        with contextlib.closing(self.centre.lock("LOCK TABLE fund_entry IN SHARE MODE")):
            for message in data:
                self.wire.send(pb.Request(submit=pb.Submit(submission=message)))
            wait_for("the pile", lambda: other.ping().waiting == len(data))
            other.send(pb.Request(submit=pb.Submit(submission=small)))
            wait_for("the small one", lambda: other.ping().waiting == len(data) + 1)
        receipt = other.receive().receipt
        others = [self.wire.receive(60).receipt.seq for _ in data]
        self.assertLess(receipt.seq, max(others) - 1)

    def test_voucher_is_recorded_once(self):
        self.wire.submit(submission(entry(COUNTY, "v-1")))
        refusal = self.wire.submit(submission(entry(COUNTY, "v-2"), entry(COUNTY, "v-1")))
        self.assertEqual(codes(refusal), ["VOUCHER_TAKEN"])
        self.assertEqual((refusal.problems[0].index, refusal.problems[0].detail), (1, "v-1"))

    def test_status_of_a_submission(self):
        def status(wire, identity):
            return wire.ask(pb.Request(status=pb.StatusQuery(id=identity))).status
        sent = submission(entry(COUNTY, "status-1"))
        receipt = self.wire.submit(sent)
        answer = status(self.wire, sent.id)
        self.assertEqual(answer.state, pb.COMMITTED)
        self.assertEqual(answer.receipt, receipt)
        self.assertEqual(status(self.wire, uuid7()).state, pb.UNKNOWN)
        self.assertEqual(status(self.centre.wire("province"), sent.id).state, pb.COMMITTED)
        self.assertEqual(status(self.centre.wire("county-220112"), sent.id).state, pb.UNKNOWN)

    def test_stock_and_flow(self):
        village = next(u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY)
        def flags(value):
            return dict(village_started=1, village_under_way=value, village_completed=value)
        self.wire.submit(submission(report(self.numbers, village, 201302, village_people_lifted=10, **flags(0))))
        self.wire.submit(submission(report(self.numbers, village, 201306, village_people_lifted=5, **flags(1))))
        # A flow adds up; a stock stands until the next report, also in months without one.
        self.assertEqual(self.total("village_people_lifted"), 15)
        self.assertEqual(self.total("village_started", 201304, 201304), 1)
        self.assertEqual([self.total("village_completed", 201301, m) for m in (201305, 201306, 201312)], [0, 1, 1])
        # A later month of an earlier start does not change what stood at the end.
        self.wire.submit(submission(report(self.numbers, village, 201304, **flags(0))))
        self.assertEqual([self.total("village_completed", 201301, m) for m in (201304, 201306)], [0, 1])

    def test_answer_says_how_many_values_stand_behind(self):
        other = self.centre.wire("county-220112")
        number = self.numbers["households_drawn"]
        other.submit(submission(report(self.numbers, 220112, 201311)))
        unit = other.total(220112, 201311, 201311, indicators=[number]).units[0]
        self.assertEqual((unit.values[0], unit.reported[0]), (0, 0))
        other.submit(submission(report(self.numbers, 220112, 201311, replaces=1, households_drawn=0)))
        unit = other.total(220112, 201311, 201311, indicators=[number]).units[0]
        self.assertEqual((unit.values[0], unit.reported[0]), (0, 1))


if __name__ == "__main__":
    unittest.main()
