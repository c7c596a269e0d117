"""How it behaves when somebody does not: an office that floods, a PostgreSQL that is slow, two fupind on one
database."""
import os
import signal

from figures import median
from machinery import BenchError

COUNTIES = 101
ORDINARY, FLOODER = 60, 100  # so many offices; and the number of one that is none of them
LINE_MBITS = 50


def plan(bench):
    villages = bench.pick(20200, 1010)
    bench.plan("stress", provinces=1, prefectures=9, counties=COUNTIES, villages=villages, first=201301, last=201312)


class Sender:
    """A generator's process that waits for go(); its receipts are looked up in the end."""

    def __init__(self, bench, centre, command, name, **options):
        self.bench, self.centre = bench, centre
        self.receipts = os.path.join(bench.directory, "receipts-" + name)
        self.process = bench.generator.start(
            command, wait=1, receipts=self.receipts, centre_pid=centre.process.pid,
            database_pid=bench.postgres.process.pid, **bench.load_options(centre, "stress"), **options)
        bench.generator.await_ready(self.process)

    def go(self):
        self.bench.generator.go(self.process)

    def finish(self):
        found = self.bench.generator.finish(self.process)
        self.bench.look_up([self.receipts], self.centre.database, found["receipts"])
        return found


# ---------------------------------------------------------------- fairness

def floods(bench):
    """What the flood is in each variant: rows a submission, and submissions a second that fill such a line."""
    return {"alone": None, "single": {"per": 1, "rate": bench.pick(60000, 20000)},
            "batches": {"per": 50, "rate": bench.pick(4000, 1500)}}


class FairDatabase:
    """Rounds on one fresh database: 60 offices send now and then, while one floods or nobody does."""

    def __init__(self, bench, number, rounds, seconds, verify):
        self.bench, self.seconds, self.skip, self.voucher, self.found = bench, seconds, 0, 0, []
        bench.fresh("fair", "stress")
        self.centre = bench.centre("fair").start()
        bench.postgres.settle()
        variants = list(floods(bench).items())
        for turn in range(number, number + rounds):  # each variant is first, second and last in turn
            first = turn % len(variants)
            self.found.append({name: self.send(flood) for name, flood in variants[first:] + variants[:first]})
        bench.check(self.centre, "stress", self.skip, offices=ORDINARY, verify=verify)
        self.centre.stop()
        bench.postgres.drop("fair")

    def flooding(self, per, rate):
        """More than the line takes in this time: what is sent twice is not written twice. It has the lowest priority:
        at the other end of a line it would not have our processors at all."""
        count = int(1.5 * self.seconds * rate)
        self.voucher += count * per
        return Sender(self.bench, self.centre, "flood", "flood", nice=19, entries=1, office_first=FLOODER, connections=4,
                      count=count, skip=self.voucher - count * per, per=per, rate=rate)

    def send(self, flood):
        """All ordinary offices send at random moments, one report in 20 ms each."""
        each = int(self.seconds * 50)
        flooding = self.flooding(**flood) if flood else None
        sending = Sender(self.bench, self.centre, "load", "ordinary", office_count=ORDINARY, count=ORDINARY * each, per=1,
                         skip=self.skip, spread_ms=int(1000 * self.seconds))
        self.skip += each
        if flooding:
            flooding.go()
        sending.go()
        found = sending.finish()
        if flooding:
            flooding.go()
            found["flood"] = flooding.finish()
        return found


def fairness(bench):
    plan(bench)
    databases, rounds, seconds = bench.pick((5, 1, 2.5), (1, 3, 0.12))
    found = []
    for number in range(databases):
        found += FairDatabase(bench, number, rounds, seconds, number == databases - 1).found
    add_fairness(bench, found)


def add_fairness(bench, found):
    def p99(one):
        return one["latency_us"]["p99"] / 1e3

    def mid(name, value):
        return median(value(one[name]) for one in found)

    rows, scaled = bench.rows, " (scaled)" if bench.quick else ""
    busy = sum(one[name]["busy"] for one in found for name in one)
    for row, name, how in (("fairness", "single", "one floods with single submissions"),
                           ("fairness_batches", "batches", "one floods with 50 rows a submission")):
        ratio = median(p99(one[name]) / p99(one["alone"]) for one in found)
        rows.add(row, f"60 offices' p99 while {how} / without" + scaled, ratio, "", "≤ 2",
                 None if bench.quick else ratio <= 2, busy=busy)
        if row == "fairness":
            rows.add("fairness_p99_alone", "p99 without, 3,000 reports/s in all", mid("alone", p99), "ms",
                     p50=mid("alone", lambda one: one["latency_us"]["p50"] / 1e3))
        rows.add(row + "_p99_flooded", "p99 while " + how, mid(name, p99), "ms",
                 p50=mid(name, lambda one: one["latency_us"]["p50"] / 1e3))
        rows.add(row + "_flood_rate", "what that one sent", mid(name, lambda one: one["flood"]["rate"]), "submissions/s",
                 mbits=mid(name, lambda one: one["flood"]["mbits"]),
                 **{key: sum(one[name]["flood"][key] for one in found) for key in ("sent", "receipts", "busy", "held")})
    rows.add("fairness_busy", "BUSY to the 60", busy, "answers", "0", None if bench.quick else busy == 0)


# ---------------------------------------------------------------- backpressure

CLIENTS, WINDOW = 100, 512


def writer(bench, database):
    """The server's process that writes the journal: fupind's only connection with advisory locks."""
    found = bench.postgres.sql("SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND database = "
                               "(SELECT oid FROM pg_database WHERE datname = %s)", values=(database,))
    if len(found) != 1:
        raise BenchError(f"{len(found)} processes could be the one that writes the journal")
    return found[0][0]


def slowed(bench, centre, seconds, duty):
    """The load while PostgreSQL's writer runs only `duty` = (microseconds, of so many)."""
    each = bench.pick(2400, 120)
    load = Sender(bench, centre, "load", "slowed", office_count=CLIENTS, count=CLIENTS * each, per=1, window=WINDOW,
                  patience_ms=1000, seconds=seconds, sample_ms=bench.pick(1000, 100))
    pid = writer(bench, centre.database)
    slow = bench.generator.start("slow", died="TERM", wait=1, pid=pid, run_us=duty[0], every_us=duty[1], seconds=seconds)
    try:
        bench.generator.await_ready(slow)
        bench.generator.go(slow)
        load.go()
        bench.generator.read(slow)  # it says so when the time is over
        bench.processes.end(slow)
        found = load.finish()
    finally:
        os.kill(pid, signal.SIGCONT)  # whatever happened: a stopped one would not even end
    if found["seconds"] < seconds:
        raise BenchError("backpressure: everything was sent before the time was over")
    return found


def backpressure(bench):
    plan(bench)
    seconds = bench.pick(300 if bench.long else 20, 1)
    duty = bench.pick((5000, 2000000) if bench.long else (5000, 500000), (2000, 100000))
    bench.fresh("slow", "stress")
    centre = bench.centre("slow").start()
    empty = centre.memory()
    found = slowed(bench, centre, seconds, duty)
    bench.check(centre, "stress", found["submissions"] // CLIENTS, offices=CLIENTS)
    centre.stop()
    centre.start()
    data = centre.memory() - empty
    centre.stop()
    bench.postgres.drop("slow")
    add_backpressure(bench, found, seconds, duty, data / 2**20)


def add_backpressure(bench, found, seconds, duty, data):
    def judge(met):
        return None if bench.quick else met

    curve = [dict(zip(("seconds", "memory_mib", "waiting", "receipts", "busy"),
                      (one[0], one[1] / 2**20, one[2], one[3], one[4]))) for one in found["samples"]]
    tenth = max(1, len([one for one in curve if one["seconds"] <= seconds / 10 + 0.1]))
    if len(curve) <= tenth:
        raise BenchError("backpressure: too few samples")
    growth = max(one["memory_mib"] for one in curve[tenth:]) - curve[tenth - 1]["memory_mib"]
    lost = found["submissions"] - found["receipts"]
    rows, scaled = bench.rows, " (scaled)" if bench.quick else ""
    how = f"{CLIENTS} clients, {seconds} s, PostgreSQL's writer runs {duty[0] / 1000:g} of {duty[1] / 1000:g} ms"
    rows.add("backpressure_memory", f"fupind's memory, growth after the first tenth: {how}{scaled}", growth, "MiB",
             "≤ 16 MiB", judge(growth <= 16))
    rows.add("backpressure_memory_most", "the most that it was", max(one["memory_mib"] for one in curve), "MiB")
    rows.add("backpressure_memory_data", "what all these reports take, by a restart", data, "MiB")
    rows.add("backpressure_lost", "refused or lost of these", lost, "reports", "0", judge(lost == 0),
             submissions=found["submissions"])
    rows.add("backpressure_waiting", "the longest queue that Pong told", max(one["waiting"] for one in curve), "submissions")
    rows.add("backpressure_again", f"asked for again: {WINDOW} in flight are beyond the window, answers not read in time are "
             "dropped", found["asked_again"], "submissions")
    rows.add("backpressure_busy", "BUSY, each with a time, and sent again", found["busy"], "answers")
    bench.curves["backpressure"] = curve


# ---------------------------------------------------------------- two fupind

def pair(bench):
    plan(bench)
    rounds, seconds, single = bench.pick((3, 3, 60000), (1, 0.3, 2400))
    found = [PairRound(bench, number % 2, seconds, single, number == rounds - 1) for number in range(rounds)]
    late, both, alone = ([getattr(one, name) for one in found] for name in ("late", "both", "alone"))
    add_pair(bench, late, both, alone)


class PairRound:
    """Lag, both loaded at once, and one of them alone: that before the other one starts, or after it ended."""

    def __init__(self, bench, alone_last, seconds, single, verify):
        self.bench, self.skip, self.verify = bench, 0, verify
        bench.fresh("pair", "stress")
        first = bench.centre("pair").start()
        if not alone_last:
            self.alone = self.rate(single, first, first)
        second = first.beside().start()
        self.late = self.lag(first, second, seconds)
        self.both = self.rate(single, first, second)
        self.check(first, second)
        second.stop()
        if alone_last:
            self.alone = self.rate(single, first, first)
            self.check(first)
        first.stop()
        bench.postgres.drop("pair")

    def check(self, *centres):
        """Each knows all that was sent to both."""
        for centre in centres:
            self.bench.check(centre, "stress", self.skip, offices=ORDINARY, seq=ORDINARY * self.skip,
                             verify=self.verify)

    def lag(self, first, second, seconds, rate=2000):
        """The second one is watched while the first one is sent to."""
        count = int(seconds * rate) // ORDINARY * ORDINARY
        self.bench.postgres.settle()
        sending = Sender(self.bench, first, "load", "lag", office_count=ORDINARY, count=count, per=1, skip=self.skip,
                         rate=rate, watch=1, watch_endpoint=second.endpoint)
        self.skip += count // ORDINARY
        sending.go()
        return sending.finish()

    def rate(self, single, *centres):
        """Two generators with half of the offices each, as fast as they can, to these; reports a second."""
        half, each = ORDINARY // 2, single // ORDINARY
        self.bench.postgres.settle()
        senders = [Sender(self.bench, centre, "load", f"rate-{number}", office_first=number * half, office_count=half,
                          count=half * each, per=1, skip=self.skip) for number, centre in enumerate(centres)]
        self.skip += each
        for sender in senders:
            sender.go()
        found = [sender.finish() for sender in senders]
        seconds = (max(one["end_us"] for one in found) - min(one["start_us"] for one in found)) / 1e6
        return sum(one["reports"] for one in found) / seconds


def add_pair(bench, late, both, alone):
    p50, p99 = (median(one["push_us"][key] for one in late) / 1e3 for key in ("p50", "p99"))
    scaled = " (scaled)" if bench.quick else ""
    bench.rows.add("pair_lag", "receipt at one until a watcher at the other has it, p99, 2,000 reports/s" + scaled, p99, "ms",
                   "≤ 200 ms", None if bench.quick else p99 <= 200, p50=p50, p99=p99,
                   max=max(one["push_us"]["max"] for one in late) / 1e3)
    bench.rows.add("pair_lag_p50", "the same, p50", p50, "ms")
    bench.rows.add("pair_rate", "B at both at once, 30 offices each" + scaled, median(both), "reports/s",
                   ratio=median(two / one for two, one in zip(both, alone)))
    bench.rows.add("pair_rate_alone", "the same two loads at one fupind without another", median(alone), "reports/s")
