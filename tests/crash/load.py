"""Clients under load: what they send, what they were told, and what has to be in the database for it.

A Sender is an office on the wire with many submissions in flight. A Clerk is the real `fupin submit`, run
again and again until it says that all is receipted, as a clerk or a timer would. Both write into the Ledger;
the ledger is what the database is compared with.
"""
import json
import os
import random
import shutil
import subprocess
import time

import zmq

from harness import SLOW, entry, pb, report, submission
from wire import codes, digest

WINDOW = 24            # requests of a sender in flight
SILENCE_S = 0.5 * SLOW  # then a sender connects anew and sends again what is unanswered
REPEATED = 0.04        # of all submissions: sent twice at once, or again after the receipt
SHEETS = 24            # of a clerk in a round
PATIENT = 0.1          # of all clerks wait for the centre as long as it takes, the others for a second


class Wrong(AssertionError):
    """A promise was broken."""


class Ledger:
    """All submissions of a run and the receipts that clients hold. Ids and digests are hexadecimal."""

    def __init__(self):
        self.receipts = {}  # id → (seq, digest, time_us, reports, fund entries)
        self.rows = {}      # id → ([(unit, voucher, fen)], [(unit, period, revision, people)]), of this round
        self.sent = self.repeated = self.changed = self.count_reports = self.count_entries = 0
        self.samples = []   # submissions of earlier rounds, to ask for again

    def expect(self, identity, entries, reports):
        self.rows[identity] = (entries, reports)
        self.sent += 1
        self.count_entries += len(entries)
        self.count_reports += len(reports)

    def take(self, identity, facts):
        """A receipt; every later one for the same id has to say the same."""
        if self.receipts.setdefault(identity, facts) != facts:
            self.changed += 1
            raise Wrong(f"submission {identity}: receipts {self.receipts[identity]} and {facts}")


def facts_of(receipt):
    return receipt.seq, receipt.digest.hex(), receipt.time_us, receipt.reports, receipt.fund_entries


class Parcel:
    """A submission on its way."""

    def __init__(self, message, entries, reports, fresh):
        self.data = message.SerializeToString()
        self.id = message.id.hex()
        self.digest = digest(self.data).hex()
        self.entries, self.reports = entries, reports
        self.fresh = fresh   # unit → fen that it raises and does not use up
        self.request = None  # number of the request that is unanswered
        self.not_before = 0
        self.after_earlier = False
        self.is_again = False  # it has its receipt already and is asked for again


class Sender:
    """One connection of an office; step() sends and takes what is there and never waits."""

    def __init__(self, centre, name, ledger, source):
        self.centre, self.name, self.ledger, self.source = centre, name, ledger, source
        self.revisions = {}
        self.hand = {}      # unit → fen that this sender raised, by receipt, and did not use up
        self.open = {}      # id → Parcel, in the order of their making
        self.requests = {}  # request number → Parcel
        self.produced = self.receipted = self.bytes = 0
        self.wire = None
        self.connect()
        catalogue = self.wire.catalogue()
        self.numbers = {i.code: i.number for i in catalogue.indicators}
        self.units = [centre.offices[name].unit] + [u.code for u in catalogue.units if u.level == pb.VILLAGE][:4]

    def connect(self):
        """Begins anew: what is unanswered goes again, in order."""
        self.close()
        self.wire = self.centre.wire(self.name)
        for parcel in self.open.values():
            parcel.request = None
        self.requests = {}
        self.heard = time.monotonic()

    def close(self):
        if self.wire:
            self.wire.close()
            self.centre.wires.remove(self.wire)
            self.wire = None

    def make(self):
        """Fund entries, or reports and corrections that build on one another, or both."""
        self.produced += 1
        rows, entries, reports, fresh = [], [], [], {}
        if self.source.random() < 0.6:
            for line in range(self.source.randint(1, 3)):
                unit, fen = self.source.choice(self.units), self.source.randint(1, 10**9)
                voucher = f"{self.name}/{self.source.getrandbits(32):08x}/{self.produced}/{line}"
                rows.append(self.use_up(unit, voucher, fresh) or entry(unit, voucher, amount_fen=fen))
                if rows[-1].kind == pb.RAISED:
                    fresh[unit] = fresh.get(unit, 0) + fen
                entries.append((unit, voucher, rows[-1].amount_fen))
        if self.source.random() < 0.05 and len(self.units) > 1:
            lived, booked = self.live(f"{self.name}/{self.source.getrandbits(32):08x}/{self.produced}")
            rows += lived
            entries += booked
        if not rows or self.source.random() < 0.2:
            unit, period = self.source.choice(self.units), 201300 + self.source.randint(1, 12)
            revision = self.revisions.get((unit, period), 0) + 1
            self.revisions[unit, period] = revision
            people = self.source.randint(0, 5000)
            name = "village_people_lifted" if unit > 10**11 else "people_lifted"
            rows.append(report(self.numbers, unit, period, replaces=revision - 1, **{name: people}))
            reports.append((unit, period, revision, people))
        parcel = Parcel(submission(*rows), entries, reports, fresh)
        self.ledger.expect(parcel.id, entries, reports)
        self.open[parcel.id] = parcel
        if self.source.random() < 0.02:
            self.ledger.samples.append((self.name, parcel))
        return parcel

    def live(self, code):
        """A project's life, or its first part, with its money, from approval on, in one submission: all of it or nothing."""
        county, village = self.units[:2]
        fen, closes = self.source.randint(1, 10**9), self.source.random() < 0.5
        paid = fen if closes else self.source.randint(1, fen)
        steps = [pb.REGISTER, pb.NOTICE, pb.START] + ([pb.FINISH, pb.NOTICE_AFTER, pb.ACCEPTANCE] if closes else [])
        rows = [pb.ProjectRow(unit=village, code=code.encode(), step=step, occurred=20130415, document=b"paper", note=b"") for step in steps]
        rows[0].plan.CopyFrom(pb.ProjectPlan(name=b"farm", kind=1, leader=county, begins=20130415, ends=20131231,
                                             budgets=[pb.ProjectBudget(source=1, amount_fen=fen)]))
        if closes:
            rows[-1].passed = True
            rows[-1].met.extend(range(1, 6))
        money = [entry(county, code + "/R", source=1, amount_fen=fen),
                 entry(county, code + "/G", pb.GRANTED, 1, fen, use=1, counterparty=village, project=code),
                 entry(village, code + "/C", pb.REIMBURSED, 1, paid, project=code), entry(village, code + "/P", pb.SPENT, 1, paid, use=1, project=code)]
        return rows + money, [(e.unit, e.voucher.decode(), e.amount_fen) for e in money]

    def use_up(self, unit, voucher, fresh):
        """Now and then what was raised is spent, or granted to a village, often to the last fen: what the same submission
        raises, or what is receipted, as requests may overtake each other. None: not this time."""
        purse = fresh if fresh.get(unit) else self.hand
        if not purse.get(unit) or self.source.random() < 0.5:
            return None
        fen = self.source.choice([purse[unit], self.source.randint(1, purse[unit])])
        purse[unit] -= fen
        if unit < 10**11 and len(self.units) > 1 and self.source.random() < 0.5:
            return entry(unit, voucher, kind=pb.GRANTED, use=1, counterparty=self.units[1], amount_fen=fen)
        return entry(unit, voucher, kind=pb.SPENT, use=1, amount_fen=fen)

    def post(self, parcel):
        if not self.requests:
            self.heard = time.monotonic()
        request = pb.Request(submit=pb.Submit(submission=parcel.data))
        parcel.request = self.wire.send(request)
        self.requests[parcel.request] = parcel
        self.bytes += len(parcel.data)

    def ask_again(self, parcel):
        """Its receipt is held already: the centre has to say the same once more."""
        again = Parcel.__new__(Parcel)
        again.__dict__ = dict(parcel.__dict__, request=None, not_before=0, after_earlier=False, is_again=True)
        self.open[parcel.id] = again

    def step(self, producing):
        self.receive()
        now = time.monotonic()
        if self.requests and now - self.heard > SILENCE_S:
            self.connect()
        first = next(iter(self.open.values()), None)
        for parcel in list(self.open.values()):
            ready = parcel.request is None and now >= parcel.not_before
            if ready and len(self.requests) < WINDOW and (not parcel.after_earlier or parcel is first):
                self.post(parcel)
        while producing and len(self.open) < WINDOW:
            parcel = self.make()
            self.post(parcel)
            if self.source.random() < REPEATED / 2:
                self.ledger.repeated += 1
                self.post(parcel)

    def receive(self):
        while True:
            try:
                reply = pb.Reply.FromString(self.wire.socket.recv(zmq.NOBLOCK))
            except zmq.Again:
                return
            self.heard = time.monotonic()
            parcel = self.requests.pop(reply.request_id, None)
            if reply.WhichOneof("body") == "receipt":
                self.take_receipt(reply.receipt)
            elif parcel and parcel.request == reply.request_id and parcel.id in self.open:
                self.take_refusal(parcel, reply.refusal)

    def take_receipt(self, receipt):
        identity = receipt.id.hex()
        self.ledger.take(identity, facts_of(receipt))
        parcel = self.open.pop(identity, None)
        if not parcel:
            return  # the second answer to what was sent twice
        rows = (receipt.digest.hex(), receipt.reports, receipt.fund_entries)
        if rows != (parcel.digest, len(parcel.reports), len(parcel.entries)):
            raise Wrong(f"{self.name}: the receipt of {identity} says {rows}")
        self.receipted += 1
        for unit, fen in parcel.fresh.items() if not parcel.is_again else ():
            self.hand[unit] = self.hand.get(unit, 0) + fen
        if not parcel.is_again and self.source.random() < REPEATED / 2:
            self.ledger.repeated += 1
            self.ask_again(parcel)

    def take_refusal(self, parcel, refusal):
        parcel.request = None
        first = next(iter(self.open.values()))
        if refusal.retry_after_ms:
            parcel.not_before = time.monotonic() + refusal.retry_after_ms / 1000 * self.source.uniform(1, 1.1)
        elif parcel is not first and not parcel.after_earlier and not parcel.is_again:
            parcel.after_earlier = True  # it may build on one that is not stored yet
        else:
            raise Wrong(f"{self.name}: {parcel.id} {parcel.entries} {parcel.reports} was refused: {codes(refusal)} {refusal.problems[0].text}")


class Clerk:
    """The real program with sheets of its own, in a home of its own, until everything is receipted."""

    def __init__(self, centre, name, number, ledger, source):
        self.office, self.ledger, self.number = centre.offices[name], ledger, number
        self.home = os.path.join(centre.directory, "clerk", f"{number}-{name}")
        shutil.copytree(self.office.home, self.home)
        self.amounts = [source.randint(1, 10**7) for _ in range(SHEETS)]
        self.sheets = [self.write(i, fen) for i, fen in enumerate(self.amounts)]
        self.timeout = 60 * SLOW if source.random() < PATIENT else SLOW
        self.starts, self.done, self.process = 0, False, None
        self.start()

    def voucher(self, i):
        return f"sheet/{self.number}/{i}"

    def write(self, i, fen):
        path = os.path.join(self.home, f"{i:03}.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("kind,unit,voucher,occurred,source,amount\n"
                       f"raised,{self.office.unit},{self.voucher(i)},2013-05-01,sector,{fen // 100}.{fen % 100:02}\n")
        return path

    def start(self):
        """The same command with the same sheets each time: what is saved already is not saved again."""
        self.starts += 1
        with open(os.path.join(self.home, "out"), "ab") as out:
            self.process = subprocess.Popen(
                [self.office.command()[0], "submit", "--home", self.home, "--each", "--quiet", "--timeout",
                 str(self.timeout), *self.sheets], stdout=out, stderr=out, env=dict(os.environ, LC_ALL="C"))

    def step(self):
        status = self.process.poll()
        if self.done or status is None:
            return
        if status == 0:
            self.done = True
        elif status in (4, -9):  # no answer in time, or killed
            self.start()
        else:
            with open(os.path.join(self.home, "out"), encoding="utf-8") as out:
                raise Wrong(f"fupin submit of {self.office.name} ended with {status}:\n{out.read()[-2000:]}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)
            return True
        return False

    def collect(self):
        """The outbox's receipts into the ledger."""
        status = subprocess.run([self.office.command()[0], "status", "--home", self.home, "--format", "json"],
                                capture_output=True, text=True, check=True, timeout=60 * SLOW)
        items = json.loads(status.stdout)["submissions"]
        if sorted(os.path.basename(item["files"]) for item in items) != [f"{i:03}.csv" for i in range(SHEETS)]:
            raise Wrong(f"{self.office.name}: the outbox has {[item['files'] for item in items]}")
        for item in items:
            if item["state"] != "receipted":
                raise Wrong(f"{self.office.name}: {item}")
            i, identity = int(os.path.basename(item["files"])[:3]), item["id"].replace("-", "")
            self.ledger.expect(identity, [(self.office.unit, self.voucher(i), self.amounts[i])], [])
            self.ledger.take(identity, (item["seq"], item["digest"], item["time_us"], item["reports"],
                                        item["fund_entries"]))
        shutil.rmtree(self.home)


def sources(seed, names):
    """A source of chance for each name, so that what one does leaves the others' choices alone."""
    return {name: random.Random(f"{seed}/{name}") for name in names}
