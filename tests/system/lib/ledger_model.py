"""The ledger as PROTOCOL.md has it, once more and as simply as can be: what test_ledger.py compares the centre with."""
import copy

from harness import pb

RAISED, CAME_IN, ON_HAND, SET_ASIDE = pb.IN_RAISED, pb.CAME_IN, pb.ON_HAND, pb.SET_ASIDE
IN_TRANSIT, UNDER_GRANT, PAID_OUT, WENT_OUT, PAID_BACK = (pb.IN_TRANSIT, pb.UNDER_GRANT, pb.PAID_OUT, pb.WENT_OUT,
                                                          pb.PAID_BACK)
LOAN = 8  # source


class Illegal(Exception):
    """The entry may not be booked; args[0] is the problem's code."""


class Entry:
    def __init__(self, wire):
        self.kind, self.unit, self.voucher, self.source = wire.kind, wire.unit, wire.voucher.decode(), wire.source
        self.other, self.amount, self.occurred = wire.counterparty, wire.amount_fen, wire.occurred
        self.refers, self.project, self.use = wire.refers.decode(), wire.project.decode(), wire.use
        self.left = self.amount  # not confirmed, drawn on or undone


class Project:
    """One of industry, which needs no systems."""

    def __init__(self):
        self.state, self.revision, self.budget, self.noticed_after, self.leader = None, 0, {}, False, 0
        self.since = self.noticed = None

    def closed(self):
        return self.state in (pb.ACCEPTED, pb.DROPPED)


INDUSTRY = 1  # use
AFTER = {pb.NOTICE: (pb.PLANNED, pb.NOTICED), pb.START: (pb.NOTICED, pb.UNDER_WAY), pb.PROGRESS: (pb.UNDER_WAY, pb.UNDER_WAY),
         pb.FINISH: (pb.UNDER_WAY, pb.COMPLETED), pb.NOTICE_AFTER: (pb.COMPLETED, pb.COMPLETED)}


class Ledger:
    def __init__(self):
        self.accounts = {}  # (unit, source, state, project or ""): fen
        self.entries = {}   # (unit, voucher)
        self.projects = {}  # (unit, code)
        self.closing = set()  # by the submission that is being booked

    def copy(self):
        """Shares its entries and projects until one of the two changes them: see own."""
        after = Ledger()
        after.accounts, after.entries, after.projects = dict(self.accounts), dict(self.entries), dict(self.projects)
        return after

    @staticmethod
    def own(among, key):
        """The entry or project, to be changed by this ledger only; None if there is none."""
        if key in among:
            among[key] = copy.copy(among[key])
        return among.get(key)

    def has(self, unit, source, state, project=""):
        return self.accounts.get((unit, source, state, project), 0)

    def move(self, unit, source, state, fen, project=""):
        self.accounts[unit, source, state, project] = self.has(unit, source, state, project) + fen

    def take(self, unit, source, state, fen, code, project=""):
        if self.has(unit, source, state, project) < fen:
            raise Illegal(code)
        self.move(unit, source, state, -fen, project)

    def of_project(self, unit, code, states):
        return sum(fen for (u, _, state, project), fen in self.accounts.items() if (u, project) == (unit, code) and state in states)

    def open_project(self, unit, code):
        """What an entry on it demands; what closes it in the same submission comes after."""
        found = self.projects.get((unit, code))
        if not found:
            raise Illegal("PROJECT_UNKNOWN")
        if found.closed() and (unit, code) not in self.closing:
            raise Illegal("PROJECT_CLOSED")
        return found

    def step(self, row, office):
        key = row.unit, row.code.decode()
        found = self.own(self.projects, key)
        if not found and row.step != pb.REGISTER:
            raise Illegal("PROJECT_UNKNOWN")
        if found and found.closed():
            raise Illegal("PROJECT_CLOSED")
        if row.step == pb.REGISTER:
            found = found or Project()
            if row.plan.replaces != found.revision:
                raise Illegal("REVISION_CONFLICT")
            found.revision, found.state, found.leader = found.revision + 1, found.state or pb.PLANNED, row.plan.leader
            found.since = found.since or row.occurred
            found.budget = {b.source: b.amount_fen for b in row.plan.budgets}
            self.projects[key] = found
        elif row.step == pb.ACCEPTANCE:
            if office != found.leader:
                raise Illegal("NOT_ACCEPTOR")
            if found.state != pb.COMPLETED or not found.noticed_after:
                raise Illegal("STEP_WRONG")
            if row.passed:
                found.state = pb.ACCEPTED
                self.closing.add(key)
        elif row.step == pb.DROP:
            if found.state == pb.COMPLETED:
                raise Illegal("STEP_WRONG")
            found.state = pb.DROPPED
            self.closing.add(key)
        else:
            if found.state != AFTER[row.step][0]:
                raise Illegal("STEP_WRONG")
            found.state = AFTER[row.step][1]
            found.noticed = row.occurred if row.step == pb.NOTICE else found.noticed
            found.noticed_after = found.noticed_after or row.step == pb.NOTICE_AFTER

    def money_allows(self, row):
        unit, code = row.unit, row.code.decode()
        if row.step == pb.REGISTER:
            for source in {key[1] for key in self.accounts}:
                if self.has(unit, source, CAME_IN, code) > self.projects[unit, code].budget.get(source, 0):
                    raise Illegal("BUDGET_BELOW_GRANTED")
        if (row.step == pb.DROP or (row.step == pb.ACCEPTANCE and row.passed)) and self.of_project(unit, code, [UNDER_GRANT, ON_HAND]):
            raise Illegal("PROJECT_MONEY_LEFT")

    def named(self, e):
        found = self.own(self.entries, (e.other if e.kind == pb.RECEIVED else e.unit, e.refers))
        if not found:
            raise Illegal("REFERRED_UNKNOWN")
        if found.project and e.kind in (pb.WITHDRAWN, pb.REVERSED):
            e.project = found.project
            whose = found.other if found.kind in (pb.GRANTED, pb.WITHDRAWN) else found.unit
            project = self.open_project(whose, found.project)
            self.not_before(e, project.since)
            if e.kind == pb.REVERSED and found.kind == pb.WITHDRAWN:
                self.within_budget(e, whose, project)
        return found

    def not_before(self, e, day):
        if e.occurred < day:
            raise Illegal("STEP_TOO_EARLY")

    def within_budget(self, e, whose, project):
        if self.has(whose, e.source, CAME_IN, e.project) + e.amount > project.budget.get(e.source, 0):
            raise Illegal("BUDGET_EXCEEDED")

    def fits(self, e, named, kinds, other):
        if e.kind == pb.REVERSED and named.kind == pb.REVERSED:
            raise Illegal("REVERSAL_OF_REVERSAL")
        if (kinds and named.kind not in kinds) or named.source != e.source or (other and named.other != other):
            raise Illegal("REFERRED_WRONG")
        if e.occurred < named.occurred:
            raise Illegal("DATE_TOO_EARLY")

    def draw(self, e, named, too_much):
        if named.left < e.amount:
            raise Illegal("CONFIRMED_ALREADY" if named.left == 0 and e.kind == pb.RECEIVED else too_much)
        named.left -= e.amount

    def book(self, wire):
        """Raises Illegal, and may leave a half behind: book a submission on a copy."""
        e = Entry(wire)
        if (e.unit, e.voucher) in self.entries:
            raise Illegal("VOUCHER_TAKEN")
        getattr(self, "book_" + pb.FundKind.Name(e.kind).lower())(e)
        self.entries[e.unit, e.voucher] = e

    def book_raised(self, e):
        self.move(e.unit, e.source, RAISED, e.amount)
        self.move(e.unit, e.source, ON_HAND, e.amount)

    def book_allocated(self, e):
        self.take(e.unit, e.source, ON_HAND, e.amount, "BALANCE_EXCEEDED")
        self.move(e.unit, e.source, SET_ASIDE, e.amount)

    def book_sent_down(self, e):
        if e.refers:
            named = self.named(e)
            self.fits(e, named, [pb.ALLOCATED], e.other)
            self.draw(e, named, "ALLOCATION_EXCEEDED")
            self.move(e.unit, e.source, SET_ASIDE, -e.amount)
        else:
            self.take(e.unit, e.source, ON_HAND, e.amount, "BALANCE_EXCEEDED")
        self.move(e.unit, e.source, IN_TRANSIT, e.amount)

    book_given_back = book_sent_down

    def book_received(self, e):
        named = self.named(e)
        self.fits(e, named, [pb.SENT_DOWN, pb.GIVEN_BACK], e.unit)
        self.draw(e, named, "SENT_EXCEEDED")
        self.move(e.other, e.source, IN_TRANSIT, -e.amount)
        self.move(e.other, e.source, WENT_OUT, e.amount)
        self.move(e.unit, e.source, CAME_IN, e.amount)
        self.move(e.unit, e.source, ON_HAND, e.amount)

    def book_granted(self, e):
        if e.project:
            project = self.open_project(e.other, e.project)
            if e.use != INDUSTRY:
                raise Illegal("PROJECT_USE_WRONG")
            self.not_before(e, project.since)
            self.within_budget(e, e.other, project)
        self.take(e.unit, e.source, ON_HAND, e.amount, "BALANCE_EXCEEDED")
        self.move(e.unit, e.source, WENT_OUT, e.amount)
        self.move(e.other, e.source, CAME_IN, e.amount, e.project)
        self.move(e.other, e.source, UNDER_GRANT, e.amount, e.project)

    def book_withdrawn(self, e):
        named = self.named(e)
        self.fits(e, named, [pb.GRANTED], e.other)
        self.draw(e, named, "GRANT_EXCEEDED")
        self.ungrant(e.unit, e.other, e.source, e.amount, named.project)

    def ungrant(self, unit, other, source, fen, project):
        self.take(other, source, UNDER_GRANT, fen, "GRANT_EXCEEDED", project)
        self.move(other, source, CAME_IN, -fen, project)
        self.move(unit, source, WENT_OUT, -fen)
        self.move(unit, source, ON_HAND, fen)

    def book_reimbursed(self, e):
        if e.project:
            project = self.open_project(e.unit, e.project)
            if not project.noticed:
                raise Illegal("PROJECT_NOT_NOTICED")
            self.not_before(e, project.noticed)
        self.take(e.unit, e.source, UNDER_GRANT, e.amount, "GRANT_EXCEEDED", e.project)
        self.move(e.unit, e.source, ON_HAND, e.amount, e.project)

    def book_spent(self, e):
        if e.project:
            project = self.open_project(e.unit, e.project)
            if e.use != INDUSTRY:
                raise Illegal("PROJECT_USE_WRONG")
            self.not_before(e, project.since)
        self.take(e.unit, e.source, ON_HAND, e.amount, "BALANCE_EXCEEDED", e.project)
        self.move(e.unit, e.source, PAID_OUT, e.amount, e.project)

    def book_repaid(self, e):
        if e.source != LOAN:
            raise Illegal("SOURCE_NOT_LOAN")
        if self.has(e.unit, e.source, RAISED) - self.has(e.unit, e.source, PAID_BACK) < e.amount:
            raise Illegal("LOAN_EXCEEDED")
        self.move(e.unit, e.source, PAID_BACK, e.amount)

    def book_reversed(self, e):
        named = self.named(e)
        self.fits(e, named, None, None)
        if named.left == 0:
            raise Illegal("REVERSED_ALREADY")
        if named.left != e.amount and (named.kind != pb.REIMBURSED or named.left < e.amount):
            raise Illegal("REVERSAL_PARTIAL")
        named.left -= e.amount
        e.left = 0
        getattr(self, "undo_" + pb.FundKind.Name(named.kind).lower())(named, e.amount)

    def undo_raised(self, o, fen):
        self.take(o.unit, o.source, ON_HAND, fen, "BALANCE_EXCEEDED")
        self.move(o.unit, o.source, RAISED, -fen)
        if self.has(o.unit, o.source, RAISED) < self.has(o.unit, o.source, PAID_BACK):
            raise Illegal("LOAN_EXCEEDED")

    def undo_allocated(self, o, fen):
        self.move(o.unit, o.source, SET_ASIDE, -fen)
        self.move(o.unit, o.source, ON_HAND, fen)

    def undo_sent_down(self, o, fen):
        self.move(o.unit, o.source, IN_TRANSIT, -fen)
        if o.refers:
            self.own(self.entries, (o.unit, o.refers)).left += fen
        self.move(o.unit, o.source, SET_ASIDE if o.refers else ON_HAND, fen)

    undo_given_back = undo_sent_down

    def undo_received(self, o, fen):
        self.take(o.unit, o.source, ON_HAND, fen, "BALANCE_EXCEEDED")
        self.move(o.unit, o.source, CAME_IN, -fen)
        self.move(o.other, o.source, WENT_OUT, -fen)
        self.move(o.other, o.source, IN_TRANSIT, fen)
        self.own(self.entries, (o.other, o.refers)).left += fen

    def undo_granted(self, o, fen):
        self.ungrant(o.unit, o.other, o.source, fen, o.project)

    def undo_withdrawn(self, o, fen):
        self.take(o.unit, o.source, ON_HAND, fen, "BALANCE_EXCEEDED")
        self.move(o.unit, o.source, WENT_OUT, fen)
        self.move(o.other, o.source, CAME_IN, fen, o.project)
        self.move(o.other, o.source, UNDER_GRANT, fen, o.project)
        self.own(self.entries, (o.unit, o.refers)).left += fen

    def undo_reimbursed(self, o, fen):
        self.take(o.unit, o.source, ON_HAND, fen, "BALANCE_EXCEEDED", o.project)
        self.move(o.unit, o.source, UNDER_GRANT, fen, o.project)

    def undo_spent(self, o, fen):
        self.move(o.unit, o.source, PAID_OUT, -fen, o.project)
        self.move(o.unit, o.source, ON_HAND, fen, o.project)

    def undo_repaid(self, o, fen):
        self.move(o.unit, o.source, PAID_BACK, -fen)

    def submit(self, submission, office=0):
        """The ledger after it, or the code of what makes it illegal."""
        after = self.copy()
        try:
            if len({(e.unit, e.voucher) for e in submission.fund_entries}) < len(submission.fund_entries):
                raise Illegal("VOUCHER_REPEATED")
            for row in submission.projects:
                after.step(row, office)
            for wire in submission.fund_entries:
                after.book(wire)
            for row in submission.projects:
                after.money_allows(row)
        except Illegal as why:
            return None, why.args[0]
        return after, None

    def balances(self):
        """A place's, with those of its projects."""
        sums = {}
        for (unit, source, state, _), fen in self.accounts.items():
            sums[unit, source, state] = sums.get((unit, source, state), 0) + fen
        return {key: fen for key, fen in sums.items() if fen}

    def project_money(self):
        """(unit, code, source): what it was granted, has under the grant and on hand, and spent."""
        states = (CAME_IN, UNDER_GRANT, ON_HAND, PAID_OUT)
        sums = {}
        for (unit, source, state, code), fen in self.accounts.items():
            if code and fen and state in states:
                sums.setdefault((unit, code, source), [0] * 4)[states.index(state)] = fen
        return sums
