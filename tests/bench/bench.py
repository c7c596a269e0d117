"""The benchmark: decides what is run, judges it, prints a table and writes JSON. scripts/bench.sh calls it.

Each part below measures some rows on a fresh database and ends with the same checks: every receipt is in
the database, `fupind verify` finds no drift, and the centre's totals are those that were sent. A wrong one
ends the benchmark with status 1.

To add a row: Rows.add in a part; a part: a function and a line in PARTS.
"""
import argparse
import os
import shutil
import signal
import sys
import time

import figures
from machinery import FUPIND, BenchError, Centre, Generator, Postgres, Processes, new_directory, say
import parts_flow
import parts_rules
import parts_size
import parts_stress

# The rows that each part makes (those derived from them share the beginning of the name).
PARTS = (
    ("rounds", parts_flow.rounds, ("copy_limit", "copy_limit_two", "copy_limit_50", "submit_single",
                                   "submit_batch50", "per_transaction", "cpu_fupind", "cpu_postgres")),
    ("ledger", parts_flow.ledger, ("ledger_spread", "ledger_hot")),
    ("lone", parts_flow.lone, ("lone_latency", "lone_latency_insert")),
    ("totals", parts_flow.totals, ("total_idle", "total_loaded")),
    ("push", parts_flow.push, ("push_latency",)),
    ("offices", parts_size.offices, ("offices_10k_minute", "offices_10k_burst")),
    ("nation", parts_size.nation, ("start_nation",)),
    ("plan", parts_size.plan_work, ("plan_totals", "plan_completeness", "plan_past")),
    ("compliance", parts_rules.compliance, ("compliance_province", "compliance_nation", "balance_county")),
    ("export", parts_size.export, ("export_million",)),
    ("growth", parts_size.growth, ("growth",)),
    ("fairness", parts_stress.fairness, ("fairness", "fairness_batches")),
    ("backpressure", parts_stress.backpressure, ("backpressure_memory", "backpressure_lost")),
    ("pair", parts_stress.pair, ("pair_lag", "pair_rate")),
)


class Bench:
    """What every part needs: the server, the programs, plans, and where rows go."""

    def __init__(self, arguments):
        self.quick, self.long = arguments.quick, arguments.long
        self.processes = Processes()
        self.directory = new_directory(arguments.dir)
        self.rows = figures.Rows()
        self.curves = {}  # name → list of samples
        self.generator = Generator(self.processes)
        self.postgres = None
        self.plans = {}
        self.shared = {}  # what a later part wants to know of an earlier one

    def start(self):
        self.postgres = Postgres(self.processes, self.directory)

    def pick(self, full, quick):
        return quick if self.quick else full

    def plan(self, name, **shape):
        """A plan's directory; its database, to be copied, is plan_NAME."""
        if name not in self.plans:
            directory = os.path.join(self.directory, "plan-" + name)
            self.generator.run("plan", plan=directory, **shape)
            self.postgres.create("plan_" + name)
            Centre(self.processes, self.postgres, self.directory, "plan_" + name).load(directory)
            self.plans[name] = directory
        return self.plans[name]

    def fresh(self, database, plan):
        """A database with this plan and an empty journal."""
        self.postgres.drop(database)
        self.postgres.create(database, "plan_" + plan)
        self.postgres.settle()
        return self.postgres.uri(database)

    def centre(self, database):
        return Centre(self.processes, self.postgres, self.directory, database)

    def load_options(self, centre, plan):
        return {"plan": self.plans[plan], "endpoint": centre.endpoint, "key": centre.key}

    def load(self, centre, plan, **options):
        """One load with all its receipts looked up."""
        receipts = os.path.join(self.directory, "receipts")
        figures_ = self.generator.run("load", receipts=receipts, centre_pid=centre.process.pid,
                                      database_pid=self.postgres.process.pid,
                                      **self.load_options(centre, plan), **options)
        self.look_up([receipts], centre.database, figures_["receipts"])
        return figures_

    def look_up(self, paths, database, count):
        """Each receipt is in the database: id, digest, number, time, reports."""
        connection = self.postgres.connect(database)
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE receipt (id uuid, digest bytea, seq bigint, time_us bigint, reports int, latency_us int)")
            for path in paths:
                with open(path, encoding="ascii") as file:
                    cursor.copy_expert("COPY receipt FROM STDIN", file)
            cursor.execute(
                "SELECT count(*), count(s.seq), count(DISTINCT s.seq) FROM receipt r LEFT JOIN submission s ON "
                "s.seq = r.seq AND s.id = r.id AND s.digest = r.digest AND s.report_count = r.reports AND "
                "(extract(epoch FROM s.recorded_at) * 1000000)::bigint = r.time_us")
            held, found, different = cursor.fetchone()
        connection.close()
        if not held == found == different == count:
            raise BenchError(f"of {count} receipts {held} were kept, {found} are in the database, {different} different")

    def check(self, centre, plan, sent, first=0, verify=True, offices=0, seq=0):
        """No drift, and the totals are those of every office's reports from `first` up to before `sent`. `offices`: only
        so many have sent any; `seq`: as of that commit or a later one."""
        if verify:
            centre.verify()
        self.generator.run("check", **{"from": first}, skip=sent, office_count=offices, seq=seq, **self.load_options(centre, plan))

    def end(self, keep):
        self.processes.end_all()
        if keep:
            say("kept: " + self.directory)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)


def wanted_parts(only, parser):
    if not only:
        return [part[:2] for part in PARTS]
    names = only.split(",")
    parts = [part for part in PARTS if part[0] in names or any(name.startswith(row) for name in names for row in part[2])]
    if not parts:
        parser.error("--only: no such row; there are " + " ".join(row for part in PARTS for row in part[2]))
    return [part[:2] for part in parts]


def run(bench, parts):
    timing = []
    begin = time.monotonic()
    bench.start()
    for name, part in parts:
        start = time.monotonic()
        say(f"bench: {name} …")
        part(bench)
        timing.append((name, time.monotonic() - start))
        say(f"bench: {name}: {timing[-1][1]:.1f} s")
    say(f"bench: all: {time.monotonic() - begin:.1f} s")
    return timing


def report(bench, timing, path):
    document = {"date": figures.now(), "mode": "quick" if bench.quick else "full", "machine": figures.machine(),
                "versions": figures.versions(bench.postgres, FUPIND), "settings": figures.settings(bench.postgres),
                "seconds": {name: round(seconds, 1) for name, seconds in timing}, "rows": bench.rows.rows,
                "curves": bench.curves}
    for name in ("machine", "versions", "settings"):
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in document[name].items()))
    print(f"{document['mode']} run of {document['date']}\n")
    print(figures.table(bench.rows.rows))
    if path:
        figures.write_json(path, document)


def on_signals(action):
    """What happens from now on when we are told to end; what happened until now."""
    return {number: signal.signal(number, action) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}


def main():
    parser = argparse.ArgumentParser(prog="bench.sh", description="fupin's benchmark; see docs/performance.md")
    parser.add_argument("--quick", action="store_true", help="scaled down, under 50 seconds")
    parser.add_argument("--long", action="store_true", help="the load on a slow PostgreSQL lasts five minutes")
    parser.add_argument("--json", metavar="FILE", help="write the rows there too")
    parser.add_argument("--only", metavar="ROW,…", help="only the parts that make these rows")
    parser.add_argument("--keep", action="store_true", help="keep the directory with database and logs")
    parser.add_argument("--dir", metavar="DIR", help="where that directory is made (on a disk)")
    arguments = parser.parse_args()
    if arguments.long and arguments.quick:
        parser.error("--long and --quick: one of them")
    parts = wanted_parts(arguments.only, parser)
    before = on_signals(lambda which, frame: sys.exit(128 + which))
    bench = None
    try:
        bench = Bench(arguments)
        report(bench, run(bench, parts), arguments.json)
        return 0
    except BenchError as error:
        say(f"bench: WRONG: {error}")
        return 1
    finally:
        on_signals(signal.SIG_IGN)
        if bench:
            bench.end(arguments.keep)
        for number, action in before.items():  # still ignored, they would be so in all that our caller starts
            signal.signal(number, action)


if __name__ == "__main__":
    sys.exit(main())
