"""The ledger against a model written independently of it: legal and illegal histories, step by step, with a kill -9 between,
and many offices at once at two centres."""
import random
import unittest

from harness import SLOW, Centre, Database, pb, submission, wait_for
from ledger_model import LOAN, Ledger
from wire import codes

SEEDS = (570, 250, 2013)
STEPS = 250
PROVINCE, PREFECTURE, COUNTY, OTHER = 22, 2201, 220122, 220112
VILLAGES = (220122100201, 220122101201)
OFFICES = {"province": [PROVINCE], "prefecture-2201": [PREFECTURE], "county-220122": [COUNTY], "county-220112": [OTHER]}
SOURCES = (1, 4, LOAN)
LEVELS = (pb.PROVINCE, pb.PREFECTURE, pb.COUNTY, pb.TOWNSHIP, pb.VILLAGE)


def booking(kind, unit, voucher, amount, source=1, occurred=20130415, **fields):
    for name in ("refers", "note", "document", "project"):
        fields[name] = fields.get(name, "").encode()
    return pb.FundEntry(kind=kind, unit=unit, voucher=voucher.encode(), amount_fen=amount, source=source,
                        occurred=occurred, **fields)


def balances(wire, unit=PROVINCE, **fields):
    """(unit, source, state): fen, of each unit alone."""
    result = {}
    for level in LEVELS:
        if len(str(unit)) > {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}[level]:
            continue
        reply = wire.ask(pb.Request(balances=pb.BalanceQuery(unit=unit, by=level, own=True, **fields))).balances
        for row in reply.units:
            for b in row.balances:
                result[row.unit, b.source, b.state] = b.amount_fen
    return result


def project_money(wire):
    items = wire.ask(pb.Request(projects=pb.ProjectQuery(unit=PROVINCE))).projects.items
    return {(i.unit, i.code.decode(), m.source): [m.granted_fen, m.under_grant_fen, m.on_hand_fen, m.spent_fen] for i in items for m in i.money
            if m.granted_fen or m.under_grant_fen or m.on_hand_fen or m.spent_fen}


def project_states(wire):
    return {(i.unit, i.code.decode()): (i.state, i.revision) for i in wire.ask(pb.Request(projects=pb.ProjectQuery(unit=PROVINCE))).projects.items}


class History:
    """Random entries, most of them legal, of offices that know what is in the model."""

    def __init__(self, seed, villages, prefix=""):
        self.dice, self.prefix = random.Random(seed), prefix
        self.villages = villages
        self.number = 0

    def below(self, unit):
        return {PROVINCE: [PREFECTURE, COUNTY, OTHER], PREFECTURE: [COUNTY, OTHER]}.get(unit, self.villages[unit]
                                                                                     if unit in self.villages else [])

    def above(self, unit):
        return {PROVINCE: [], PREFECTURE: [PROVINCE], COUNTY: [PROVINCE, PREFECTURE], OTHER: [PROVINCE, PREFECTURE]}.get(
            unit, [unit // 10**6])

    def some(self, model, test, lucky=0.9):
        found = [e for e in model.entries.values() if test(e)]
        if not found or self.dice.random() > lucky:
            found = list(model.entries.values())
        return self.dice.choice(found) if found else None

    def amount(self, most):
        choice = self.dice.random()
        if most > 0 and choice < 0.25:
            return most
        if most > 0 and choice < 0.8:
            return self.dice.randint(1, most)
        return max(1, most) + self.dice.choice([0, 1, 100])

    def state_of(self, kind):
        return pb.UNDER_GRANT if kind == pb.REIMBURSED else pb.ON_HAND

    def entry(self, model, units):
        dice = self.dice
        unit, source = dice.choice(units), dice.choice(SOURCES)
        kind = dice.choice([pb.RAISED, pb.ALLOCATED, pb.SENT_DOWN, pb.SENT_DOWN, pb.RECEIVED, pb.RECEIVED, pb.RECEIVED, pb.GRANTED,
                            pb.GRANTED, pb.REIMBURSED, pb.REIMBURSED, pb.SPENT, pb.SPENT, pb.GIVEN_BACK, pb.WITHDRAWN,
                            pb.REVERSED, pb.REVERSED, pb.REPAID])
        self.number += 1
        voucher = f"{self.prefix}{self.number:05d}"
        if dice.random() < 0.03 and model.entries:
            voucher = dice.choice([e.voucher for e in model.entries.values()])
        fields, hand = {}, model.has(unit, source, pb.ON_HAND)
        if kind in (pb.ALLOCATED, pb.SENT_DOWN, pb.GRANTED) and not self.below(unit):
            kind = pb.SPENT
        if kind == pb.GIVEN_BACK and unit == PROVINCE:
            kind = pb.RAISED
        rich = [key for key, fen in model.accounts.items() if fen and key[0] in units and key[2] == self.state_of(kind) and
                (kind not in (pb.ALLOCATED, pb.SENT_DOWN, pb.GRANTED) or self.below(key[0])) and
                (kind != pb.GIVEN_BACK or key[0] != PROVINCE)]
        project = ""
        if rich and dice.random() < 0.9:
            unit, source, _, project = dice.choice(rich)
            if kind not in (pb.REIMBURSED, pb.SPENT):
                project = ""
            hand = model.has(unit, source, pb.ON_HAND, project)
        elif kind not in (pb.RECEIVED, pb.WITHDRAWN, pb.REVERSED, pb.REPAID) and dice.random() < 0.8:
            kind = pb.RAISED
        if kind == pb.RAISED:
            return booking(kind, unit, voucher, dice.randint(1, 10**6), source)
        if kind in (pb.ALLOCATED, pb.SENT_DOWN):
            other = dice.choice(self.below(unit))
            if kind == pb.SENT_DOWN and dice.random() < 0.4:
                named = self.some(model, lambda e: e.kind == pb.ALLOCATED and e.unit == unit and e.left)
                if named and named.unit == unit and named.other in self.below(unit):
                    return booking(kind, unit, voucher, self.amount(named.left), named.source, counterparty=named.other,
                                   refers=named.voucher)
            return booking(kind, unit, voucher, self.amount(hand), source, counterparty=other)
        if kind == pb.GIVEN_BACK:
            return booking(kind, unit, voucher, self.amount(hand), source, counterparty=dice.choice(self.above(unit)))
        if kind == pb.GRANTED:
            other = dice.choice(self.below(unit))
            codes_of = [code for u, code in model.projects if u == other]
            if codes_of and dice.random() < 0.6:
                code = dice.choice(codes_of)
                left = model.projects[other, code].budget.get(source, 0) - model.has(other, source, pb.CAME_IN, code)
                return booking(kind, unit, voucher, self.amount(min(hand, max(left, 0))), source, use=2 if source != LOAN and dice.random() < 0.1 else 1, counterparty=other,
                               project=code)
            return booking(kind, unit, voucher, self.amount(hand), source, use=1, counterparty=other)
        if kind == pb.RECEIVED:
            named = self.some(model, lambda e: e.kind in (pb.SENT_DOWN, pb.GIVEN_BACK) and e.other == unit and e.left)
            if named and named.unit in self.below(unit) + self.above(unit):
                return booking(kind, unit, voucher, self.amount(named.left), named.source, counterparty=named.unit,
                               refers=named.voucher, occurred=dice.choice([20130415] * 9 + [20130414]))
            kind = dice.choice([pb.RECEIVED, pb.REIMBURSED])
            if kind == pb.RECEIVED and self.above(unit):
                return booking(kind, unit, voucher, 5, source, counterparty=self.above(unit)[0], refers="none")
        if kind == pb.WITHDRAWN:
            named = self.some(model, lambda e: e.kind == pb.GRANTED and e.unit == unit and e.left)
            if named and named.other in self.below(unit):
                return booking(kind, unit, voucher, self.amount(named.left), named.source, counterparty=named.other,
                               refers=named.voucher)
            kind = pb.REVERSED
        if kind == pb.REVERSED:
            named = self.some(model, lambda e: e.unit == unit and e.left and e.kind != pb.REVERSED)
            return booking(kind, unit, voucher, self.amount(named.left if named else 1) if dice.random() < 0.2 or not named
                           else max(1, named.left), named.source if named else source, note="错账",
                           refers=named.voucher if named else "none")
        if kind == pb.REIMBURSED:
            return booking(kind, unit, voucher, self.amount(model.has(unit, source, pb.UNDER_GRANT, project)), source, project=project)
        if kind == pb.REPAID:
            owed = model.has(unit, LOAN, pb.IN_RAISED) - model.has(unit, LOAN, pb.PAID_BACK)
            return booking(kind, unit, voucher, self.amount(owed), LOAN)
        return booking(pb.SPENT, unit, voucher, self.amount(hand), source, use=1, project=project)

    def step(self, model, units):
        """Of a project of a county or a village: mostly the next one."""
        dice = self.dice
        county = dice.choice([u for u in units if u in (COUNTY, OTHER)])
        unit, code = dice.choice([county] + self.villages.get(county, [])), f"{self.prefix}p{dice.choice([0, 0, 0, 1])}"
        rich = [key for key in model.projects if key[0] in units and model.of_project(*key, [pb.UNDER_GRANT, pb.ON_HAND])]
        tempting = rich and dice.random() < 0.2
        if tempting:
            unit, code = dice.choice(rich)
            county = int(str(unit)[:6])
        found = model.projects.get((unit, code))
        following = {None: pb.REGISTER, pb.PLANNED: pb.NOTICE, pb.NOTICED: pb.START, pb.UNDER_WAY: pb.FINISH,
                     pb.COMPLETED: pb.ACCEPTANCE if found and found.noticed_after else pb.NOTICE_AFTER}.get(found.state if found else None, pb.NOTICE)
        kind = following if dice.random() < 0.7 else dice.choice([pb.REGISTER, pb.NOTICE, pb.START, pb.PROGRESS, pb.FINISH, pb.NOTICE_AFTER, pb.ACCEPTANCE,
                                                                pb.DROP])
        if tempting:
            kind = pb.ACCEPTANCE if found.state == pb.COMPLETED else pb.DROP
        row = pb.ProjectRow(unit=unit, code=code.encode(), step=kind, occurred=20130415, document="文".encode(), note=b"")
        if kind == pb.REGISTER:
            row.plan.CopyFrom(pb.ProjectPlan(name=b"farm", kind=1, leader=county, begins=20130415, ends=20131231,
                                             replaces=found.revision if found and dice.random() < 0.8 else 0,
                                             budgets=[pb.ProjectBudget(source=s, amount_fen=dice.randint(1, 10**5)) for s in SOURCES]))
        if kind == pb.DROP:
            row.note = b"why"
        if kind == pb.PROGRESS:
            row.percent = dice.randrange(101)
        if kind == pb.ACCEPTANCE:
            row.passed = dice.random() < 0.8
            row.met.extend(range(1, 6))
            if not row.passed:
                row.note, row.again_by = b"defects", 20130501
        return row

    def submission(self, model, units):
        """Of one row or some; those of one build on each other."""
        rows, after, office = [], model, units[0]
        if office in (COUNTY, OTHER) and self.dice.random() < 0.5:
            for _ in range(self.dice.choice([1, 1, 2, 3])):
                rows.append(self.step(after, units))
                after = after.submit(submission(rows[-1]), office)[0] or after
        for _ in range(self.dice.choice([1, 1, 1, 2, 4]) if not rows else self.dice.choice([0, 0, 1, 2])):
            rows.append(self.entry(after, units))
            after = after.submit(submission(rows[-1]), office)[0] or after
        return submission(*rows)


class LedgerTest(unittest.TestCase):
    def start(self, **options):
        self.centre = Centre(offices=(*OFFICES, "admin"), **options).start()
        self.addCleanup(self.centre.stop)
        units = self.centre.wire("province").catalogue().units
        self.villages = {county: [u.code for u in units if u.level == pb.VILLAGE and u.code // 10**6 == county][:2]
                         for county in (COUNTY, OTHER)}
        self.scopes = {office: units + [v for unit in units for v in self.villages.get(unit, [])]
                       for office, units in OFFICES.items()}

    def conserved(self, held):
        """Per source, what was raised is all that is there and what was spent; nothing is below zero."""
        self.assertTrue(all(fen > 0 for fen in held.values()), held)
        for source in SOURCES:
            def whole(*states, source=source):
                return sum(fen for (_, s, state), fen in held.items() if s == source and state in states)
            self.assertEqual(whole(pb.IN_RAISED), whole(pb.ON_HAND, pb.SET_ASIDE, pb.IN_TRANSIT, pb.UNDER_GRANT, pb.PAID_OUT))
            self.assertEqual(whole(pb.CAME_IN), whole(pb.WENT_OUT))

    def end(self):
        self.centre.verify()
        self.assertEqual(self.centre.stop(), 0)
        self.centre.check_log()

    def test_refusals(self):
        """What is recorded refuses, with the balance; nothing of it is booked."""
        self.start()
        county, village = self.centre.wire("county-220122"), self.villages[COUNTY][0]

        def ok(*rows):
            self.assertIsInstance(county.submit(submission(*rows)), pb.Receipt)

        def refused(code, *rows):
            before = balances(county, COUNTY)
            reply = county.submit(submission(*rows))
            self.assertIsInstance(reply, pb.Refusal)
            self.assertEqual(codes(reply), [code])
            self.assertEqual(balances(county, COUNTY), before)
            return reply.problems[0]
        ok(booking(pb.RAISED, COUNTY, "in", 100), booking(pb.SPENT, COUNTY, "out", 30, use=1),
           booking(pb.RAISED, COUNTY, "loan", 50, source=LOAN))
        problem = refused("BALANCE_EXCEEDED", booking(pb.SPENT, COUNTY, "k", 71, use=1))
        self.assertEqual((problem.column, problem.actual, problem.limit), ("amount", 71, 70))
        self.assertRegex(problem.text, r"^0\.71 exceeds what is on hand \(220122 .*\), 0\.70$")

        def undo(voucher, fen, **fields):
            return booking(pb.REVERSED, COUNTY, "k", fen, note="错账", refers=voucher, **fields)
        refused("REFERRED_UNKNOWN", booking(pb.RECEIVED, COUNTY, "k", 1, counterparty=PROVINCE, refers="none"))
        refused("REFERRED_WRONG", undo("out", 30, source=4))
        refused("REVERSAL_PARTIAL", undo("out", 29))
        refused("DATE_TOO_EARLY", undo("out", 30, occurred=20130414))
        refused("LOAN_EXCEEDED", booking(pb.REPAID, COUNTY, "k", 51, source=LOAN))
        refused("GRANT_EXCEEDED", booking(pb.REIMBURSED, village, "k", 1))
        ok(booking(pb.REVERSED, COUNTY, "undo", 30, note="错账", refers="out"))
        refused("REVERSED_ALREADY", undo("out", 30))
        refused("REVERSAL_OF_REVERSAL", undo("undo", 30))
        # Together or not at all.
        refused("BALANCE_EXCEEDED", booking(pb.RAISED, COUNTY, "more", 1000), booking(pb.SPENT, COUNTY, "k", 1101, use=1))
        ok(booking(pb.SPENT, COUNTY, "more", 100, use=1))
        self.end()

    def test_histories(self):
        """After each step the centre says what the model says: the receipt or the code, and every balance; so, too, after a
        kill -9."""
        seen = set()
        for seed in SEEDS:
            self.start()
            with self.subTest(seed=seed):
                seen |= set(self.walk(seed))
            self.end()
        self.assertLessEqual({"PROJECT_UNKNOWN", "PROJECT_CLOSED", "PROJECT_NOT_NOTICED", "PROJECT_MONEY_LEFT", "BUDGET_EXCEEDED", "STEP_WRONG"}, seen)

    def walk(self, seed):
        history, model, seen = History(seed, self.villages), Ledger(), {}
        wires = {office: self.centre.wire(office) for office in OFFICES}
        for step in range(STEPS):
            office = history.dice.choice(list(OFFICES))
            message = history.submission(model, self.scopes[office])
            after, code = model.submit(message, OFFICES[office][0])
            reply = wires[office].submit(message)
            seen[code] = seen.get(code, 0) + 1
            if code:
                self.assertIsInstance(reply, pb.Refusal, (step, code, message))
                self.assertIn(code, codes(reply), (step, message))
            else:
                self.assertIsInstance(reply, pb.Receipt, (step, reply, message))
                model = after
            held = balances(wires["province"])
            self.assertEqual(held, model.balances(), step)
            self.assertEqual(project_money(wires["province"]), model.project_money(), step)
            self.assertEqual(project_states(wires["province"]), {key: (p.state, p.revision) for key, p in model.projects.items()}, step)
            self.conserved(held)
            if step % 83 == 82:
                self.centre.kill()
                self.centre.start()
                wires = {office: self.centre.wire(office) for office in OFFICES}
                self.assertEqual(balances(wires["province"]), model.balances())
        self.assertGreater(seen[None], STEPS // 3, seen)
        self.assertGreater(len(seen), 7, seen)
        return seen

    def test_many_at_once(self):
        """Four offices at two centres send without waiting: what was accepted is a legal history in the order of commits, and
        what was refused was illegal at some moment between its sending and its answer."""
        database = Database()
        self.start(database=database)
        self.messages, self.sender = [], {}  # what was accepted, in the order of commits; by submission id, whose it is
        other = self.centre.beside().start()
        self.addCleanup(other.stop)
        for seed in range(4):
            self.race(seed, other)
        other.verify()
        self.assertEqual(other.stop(), 0)
        other.check_log()
        self.end()
        database.stop()

    def race(self, seed, other):
        history = History(seed, self.villages, f"{seed}-")
        model = self.known()
        hoped = model  # as if all were accepted: later ones build on what is still on its way
        sent = {}
        lines = [(office, centre.wire(office)) for office in OFFICES for centre in (self.centre, other)]
        for _ in range(40):
            for office, wire in lines:
                message = history.submission(hoped, self.scopes[office])
                self.sender[message.id] = OFFICES[office][0]
                hoped = hoped.submit(message, OFFICES[office][0])[0] or hoped
                sent[wire, wire.send(pb.Request(submit=pb.Submit(submission=message.SerializeToString())))] = message
        accepted, refused = {}, []
        for wire, _ in sent:
            reply = wire.receive(60 * SLOW)
            message = sent[wire, reply.request_id]
            if reply.WhichOneof("body") == "receipt":
                accepted[reply.receipt.seq] = message
            else:
                refused.append((message, codes(reply.refusal)))
        self.messages += [accepted[seq] for seq in sorted(accepted)]
        steps = [model]
        for seq in sorted(accepted):
            after, code = steps[-1].submit(accepted[seq], self.sender[accepted[seq].id])
            self.assertIsNone(code, (seq, accepted[seq]))
            steps.append(after)
        for message, why in refused:
            self.assertTrue(any(step.submit(message, self.sender[message.id])[1] for step in steps), (why, message))
        self.assertGreater(len(accepted), 50)
        self.assertTrue(refused)
        for centre in (self.centre, other):
            held = self.settled(centre, len(self.messages))
            self.assertEqual(held, steps[-1].balances())
            self.assertEqual(project_money(centre.wire("province")), steps[-1].project_money())
            self.conserved(held)

    def known(self):
        """The model of all that was accepted so far."""
        model = Ledger()
        for message in self.messages:
            model = model.submit(message, self.sender.get(message.id, 0))[0]
        return model

    def settled(self, centre, seq):
        wire = centre.wire("province")
        wait_for("the last commit", lambda: wire.ping().as_of.seq == seq)
        return balances(wire)


if __name__ == "__main__":
    unittest.main()
