"""kill -9 at random moments under load: no receipt is lost, nothing is there twice, drift 0, restart without help.

    crash.py --rounds N [--seed S] [--store embedded|own|both]

One centre and its database live through all rounds (with --store both the first half of the rounds has the
embedded database, the second half a PostgreSQL of its own, by --db). A round: clients send (load.py); at a random
moment a random victim is killed or frozen; what was killed is started again and nothing else is done; the clients
go on by themselves until all is receipted; then the database is compared with what they hold (check.py).

Victims come from a shuffled deck, so that ten rounds have each of them. A moment begins with an event (commits in
the log, receipts seen, bytes sent, the database at its COMMIT) and ends with a random wait of microseconds. The
seed is printed; the same seed makes the same choices, the machine decides what they meet.

To add a victim: a function kill_… or freeze_… in Round, and a card in DECK. The last line of the output is the
summary; the exit status is 1 if a promise was broken.
"""
import argparse
import collections
import os
import signal
import sys
import time

import zmq

from check import Findings, compare, compare_rows, verify, whole
from harness import SLOW, Centre, Database, children_of, is_gone, wait_for
from load import Clerk, Ledger, Sender, Wrong, sources

# The offices on the wire, and those with the program.
SENDERS = ("county-220122", "county-220112", "county-222403", "county-220182")
CLERKS = ("county-220821", "county-220822", "county-220122")
DECK = (
    ("fupind",), ("fupind",), ("backend",), ("postgresql",), ("client",),
    ("fupind", "postgresql"), ("fupind", "client"), ("postgresql", "client"),
    ("frozen fupind",), ("frozen postgresql", "fupind"), ("frozen postgresql",), ("backend", "fupind"),
)
MOMENTS = ("commits", "receipts", "bytes", "clock", "in commit", "in commit")
RESTART_S = 60 * SLOW  # longer is not "without help"
ROUND_S = 120 * SLOW
LATE_US, FREEZE_US = 20_000, 400_000


def title(pid):
    """What a process calls itself: PostgreSQL's say there what they are doing."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


class Stage:
    """A centre, its database, and what runs through all rounds on it."""

    def __init__(self, store, source):
        self.store = store
        self.database = Database() if store == "own" else None
        self.centre = Centre(database=self.database, offices=tuple(dict.fromkeys(SENDERS + CLERKS))).start()
        self.ledger, self.findings, self.source = Ledger(), Findings(), source
        self.commits, self.log_read, self.last_postmaster = 0, 0, None
        self.senders = [Sender(self.centre, name, self.ledger, source[name]) for name in SENDERS]

    def count_commits(self):
        """Commits that the log tells of, in all; reads only what is new."""
        with open(self.centre.log_path, "rb") as file:
            file.seek(self.log_read)
            new = file.read()
        whole_lines = new.rfind(b"\n") + 1
        self.log_read += whole_lines
        self.commits += new[:whole_lines].count(b"event=commit")
        return self.commits

    def postmaster(self):
        if self.database:
            return self.database.process.pid
        try:
            with open(os.path.join(self.centre.data, "pg", "postmaster.pid"), encoding="utf-8") as file:
                self.last_postmaster = int(file.readline())
        except FileNotFoundError:
            pass  # its fupind was killed just before, and it has ended by itself already
        return self.last_postmaster

    def backends(self):
        """Process ids of PostgreSQL's processes for its clients, the test itself left out."""
        ours = self.centre.asked.info.backend_pid if self.centre.asked else None
        return sorted(pid for pid in children_of(self.postmaster()) if b"[local]" in title(pid) and pid != ours)

    def log_tails(self):
        """The ends of the centre's log, commits left out, and of PostgreSQL's."""
        tails = []
        for path in (self.centre.log_path, os.path.join(self.database.directory, "log") if self.database else
                     os.path.join(self.centre.data, "pg.log")):
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = [line for line in file if "event=commit " not in line]
            tails.append(f"--- {os.path.basename(path)}\n" + "".join(lines[-25:]))
        return "".join(tails)

    def end(self):
        """The whole journal once more, a regular end, a clean log."""
        for sender in self.senders:
            sender.close()
        compare(self.findings, self.centre, self.ledger, 0)
        status = self.centre.stop()
        self.centre.check_log()
        if status != 0:
            self.findings.add(f"fupind ended with {status}")
        if self.database:
            self.database.stop()


class Counters:
    """Of all rounds."""

    def __init__(self):
        self.kills = collections.Counter()
        self.under_load = 0
        self.restart_s = 0.0


class Round:
    """One round; `source` decides its victims' details and its moment."""

    def __init__(self, stage, number, card, counters):
        self.stage, self.number, self.card, self.counters = stage, number, card, counters
        self.centre, self.ledger = stage.centre, stage.ledger
        self.source = stage.source["rounds"]
        self.producing, self.killed_fupind = True, False
        self.clerks, self.frozen, self.dead = [], [], []
        self.base = self.centre.sql("SELECT coalesce(max(seq), 0) FROM submission")[0][0]
        self.ledger.rows = {}
        self.until = time.monotonic() + ROUND_S

    # ------------------------------------------------------------ clients

    def pump(self, wait_ms=1):
        """Lets every client do what it can."""
        for sender in self.stage.senders:
            sender.step(self.producing)
        for clerk in self.clerks:
            clerk.step()
        if time.monotonic() > self.until:
            waiting = {s.name: len(s.open) for s in self.stage.senders}
            waiting.update({c.office.name: not c.done for c in self.clerks})
            raise Wrong(f"the round does not end; still waiting: {waiting}")
        if not self.killed_fupind and self.centre.process.poll() is not None:
            raise Wrong(f"fupind ended by itself with {self.centre.process.returncode}")
        if wait_ms:
            zmq.select([s.wire.socket for s in self.stage.senders], [], [], wait_ms / 1000)

    def in_flight(self):
        return sum(len(s.open) for s in self.stage.senders)

    def receipts(self):
        return sum(s.receipted for s in self.stage.senders)

    # ------------------------------------------------------------ moments

    def happened(self, moment):
        """A function that tells whether the moment's event has come."""
        stage, senders = self.stage, self.stage.senders
        if moment == "commits":
            wanted = stage.count_commits() + self.source.randint(1, 8)
            return lambda: stage.count_commits() >= wanted
        if moment == "receipts":
            wanted = self.receipts() + self.source.randint(1, 120)
            return lambda: self.receipts() >= wanted
        if moment == "bytes":
            wanted = sum(s.bytes for s in senders) + self.source.randint(1, 20_000)
            return lambda: sum(s.bytes for s in senders) >= wanted
        if moment == "clock":
            until = time.monotonic_ns() + 1000 * self.source.randint(0, 150_000)
            return lambda: time.monotonic_ns() >= until
        wanted, backends = stage.count_commits() + self.source.randint(1, 4), stage.backends()
        return lambda: stage.count_commits() >= wanted and any(b"COMMIT" in title(pid) for pid in backends)

    def await_moment(self):
        moment = self.source.choice(MOMENTS)
        late_ns = 0 if moment == "in commit" else 1000 * self.source.choice((0, self.source.randint(0, LATE_US)))
        event = self.happened(moment)
        while not event():
            self.pump(0)
        until = time.monotonic_ns() + late_ns
        while time.monotonic_ns() < until:
            self.pump(0)
        return f"{moment}+{late_ns // 1000}us"

    # ------------------------------------------------------------ victims

    def kill_fupind(self):
        self.killed_fupind = True
        self.centre.process.kill()

    def kill_backend(self):
        """Mostly the one that writes the journal; else any process of PostgreSQL's."""
        choice = self.stage.backends() if self.source.random() < 0.7 else []
        choice = choice or sorted(children_of(self.stage.postmaster()))
        if choice:
            self.signal(self.source.choice(choice), signal.SIGKILL)

    def kill_postgresql(self):
        """The postmaster and all its children, in a random order, as when a machine dies."""
        postmaster = self.stage.postmaster()
        everyone = [postmaster, *children_of(postmaster)]
        self.source.shuffle(everyone)
        for pid in everyone:
            self.signal(pid, signal.SIGKILL)
        self.dead = everyone

    def kill_client(self):
        """A program that runs, or a connection with all that is on its way in it."""
        running = [c for c in self.clerks if c.process.poll() is None]
        if running and self.source.choice(running).kill():
            return
        self.source.choice(self.stage.senders).connect()

    def freeze(self, pids):
        for pid in pids:
            self.signal(pid, signal.SIGSTOP)
        self.frozen += pids
        self.thaw_ns = time.monotonic_ns() + 1000 * self.source.randint(1000, FREEZE_US)

    def freeze_fupind(self):
        self.freeze([self.centre.process.pid])

    def freeze_postgresql(self):
        """The whole server, or only the writing process."""
        postmaster = self.stage.postmaster()
        some = self.stage.backends()
        self.freeze(some if some and self.source.random() < 0.5 else [postmaster, *children_of(postmaster)])

    @staticmethod
    def signal(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass  # it ended in this very moment

    def thaw(self):
        for pid in self.frozen:
            self.signal(pid, signal.SIGCONT)
        self.frozen = []

    def strike(self):
        actions = {"fupind": self.kill_fupind, "backend": self.kill_backend, "postgresql": self.kill_postgresql,
                   "client": self.kill_client, "frozen fupind": self.freeze_fupind,
                   "frozen postgresql": self.freeze_postgresql}
        self.counters.under_load += self.in_flight() > 0
        for victim in self.card:
            actions[victim]()
            self.counters.kills[victim] += 1

    # ------------------------------------------------------------ restart

    def pump_until(self, what, condition):
        until = time.monotonic() + RESTART_S
        while not condition():
            if self.frozen and time.monotonic_ns() >= self.thaw_ns:
                self.thaw()
            if time.monotonic() > until:
                raise Wrong(f"no restart without help: waited in vain for {what}")
            self.pump()

    def start_fupind(self):
        self.centre.process.wait(30)
        self.centre.start(wait=False)
        self.killed_fupind = False

    def start_database(self):
        """An own PostgreSQL, as an init system does; the embedded one is fupind's to start."""
        if self.stage.database and "postgresql" in self.card:
            self.stage.database.process.wait(30)
            self.pump_until("the end of PostgreSQL's processes", lambda: all(map(is_gone, self.dead)))
            self.stage.database.launch()

    def restart(self):
        """Starts what was killed, and waits until every sender has a receipt from after it."""
        began = time.monotonic()
        before = {s: s.receipted for s in self.stage.senders}
        fupind = [self.start_fupind] if "fupind" in self.card else []
        steps = fupind + [self.start_database]
        self.source.shuffle(steps)
        for step in steps:
            step()
        if self.frozen:
            self.pump_until("the thaw", lambda: not self.frozen)
        if fupind:
            self.pump_until("fupind", lambda: os.path.exists(self.centre.ready))
        self.pump_until("receipts", lambda: all(s.receipted > before[s] for s in self.stage.senders))
        self.counters.restart_s = max(self.counters.restart_s, time.monotonic() - began)

    # ------------------------------------------------------------ the whole

    def run(self):
        self.clerks = [Clerk(self.centre, name, self.number, self.ledger, self.stage.source["clerks"])
                       for name in CLERKS]
        moment = "?"
        try:
            moment = self.await_moment()
            self.strike()
            self.restart()
            self.finish()
        except Wrong as wrong:
            raise Wrong(f"round {self.number}, {' and '.join(self.card)} at {moment}:\n{wrong}") from wrong
        finally:
            self.thaw()
            for clerk in self.clerks:
                clerk.kill()

    def finish(self):
        """No new submissions; earlier ones are asked for again; everything is receipted; then the comparison."""
        self.producing = False
        samples = self.ledger.samples
        for sender in self.stage.senders:
            own = [parcel for name, parcel in samples if name == sender.name and parcel.id not in sender.open]
            for parcel in self.source.sample(own, min(2, len(own))):
                self.ledger.repeated += 1
                sender.ask_again(parcel)
        while self.in_flight() or not all(c.done for c in self.clerks):
            self.pump()
        for clerk in self.clerks:
            clerk.collect()
        wait_for("the database", self.centre.is_database_up)  # a backend that nobody needed may have been the victim
        findings = self.stage.findings
        compare(findings, self.centre, self.ledger, self.base)
        compare_rows(findings, self.centre, self.ledger, self.base)
        whole(findings, self.centre, self.ledger)
        verify(findings, self.centre)
        findings.raise_any()


def run_store(store, rounds, seed, counters, first):
    """`rounds` rounds on one centre; returns its stage."""
    source = sources(f"{seed}/{store}", ("deck", "rounds", "clerks", *SENDERS))
    stage = Stage(store, source)
    deck = []
    wrong = None
    try:
        for number in range(first, first + rounds):
            if not deck:
                deck = list(DECK)
                source["deck"].shuffle(deck)
            Round(stage, number, deck.pop(), counters).run()
            if sys.stdout.isatty():
                print(f"\rround {number}", end="\r", flush=True)
    except Wrong as caught:
        wrong = caught
        print(f"{caught}\n{stage.log_tails()}")
    finally:
        if not wrong:
            stage.end()
    return stage, wrong


def summary(seed, rounds, stages, counters, began):
    kills = " ".join(f"{name.replace(' ', '_')}={counters.kills[name]}" for name in
                     ("fupind", "backend", "postgresql", "client", "frozen fupind", "frozen postgresql"))
    total = {name: sum(getattr(s.findings, name) for s in stages) for name in ("lost", "doubled", "drift")}
    logs = "".join(s.centre.log() for s in stages)
    return (f"rounds={rounds} {kills} under_load={counters.under_load} in_doubt={logs.count('in_doubt=yes')} "
            f"written_again={logs.count('event=batch_repeated')} "
            f"submissions={sum(s.ledger.sent for s in stages)} receipts={sum(len(s.ledger.receipts) for s in stages)} "
            f"sent_again={sum(s.ledger.repeated for s in stages)} changed={sum(s.ledger.changed for s in stages)} "
            + " ".join(f"{name}={count}" for name, count in total.items())
            + f" longest_restart_ms={counters.restart_s * 1000:.0f} seconds={time.monotonic() - began:.0f} seed={seed}")


def main():
    parser = argparse.ArgumentParser(description="kill -9 at random moments under load")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--store", choices=("embedded", "own", "both"), default="both")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else time.time_ns() % 10**9
    print(f"seed {seed}", flush=True)
    counters, stages, began = Counters(), [], time.monotonic()
    halves = {"both": (("embedded", (options.rounds + 1) // 2), ("own", options.rounds // 2))}
    wrong, done = None, 0
    for store, rounds in halves.get(options.store, ((options.store, options.rounds),)):
        if not wrong:
            stage, wrong = run_store(store, rounds, seed, counters, done)
            stages.append(stage)
            done += rounds
    late = [] if wrong else [text for stage in stages for text in stage.findings.texts]
    print("\n".join(late[:20]), end="\n" if late else "")
    print(summary(seed, options.rounds, stages, counters, began))
    return 1 if wrong or late else 0


if __name__ == "__main__":
    sys.exit(main())
