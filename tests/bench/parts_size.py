"""How large: ten thousand offices, a nation's year, a journal that grows."""
import os
import subprocess
import time

from figures import median
from machinery import FUPIN, BenchError
from parts_flow import OFFICES, province

COUNTIES, PROCESSES, BURSTS = 10000, 4, 3


# ---------------------------------------------------------------- ten thousand offices

class Crowd:
    """All offices connected, over several generator processes: one has not files enough for all. Each round every
    office sends its report of the next month, first spread over a time, then at once."""

    def __init__(self, bench, centre, count, rounds, spread_ms):
        self.generator, self.rounds, self.round = bench.generator, rounds, 0
        self.receipts, self.processes = [], []
        each = count // PROCESSES
        for number in range(PROCESSES):
            self.receipts.append(os.path.join(bench.directory, f"receipts-{number}"))
            self.processes.append(self.generator.start(
                "load", wait=1, office_first=number * each, office_count=each, count=each, per=1, rounds=rounds,
                spread_ms=spread_ms, receipts=self.receipts[-1], **bench.load_options(centre, "offices")))
        for process in self.processes:
            self.generator.await_ready(process)

    def paths(self):
        """The receipts of the last round."""
        return [f"{path}.{self.round - 1}" for path in self.receipts]

    def send(self):
        """All send; seconds from the first start to the last receipt, and every latency in ms, sorted."""
        for process in self.processes:
            self.generator.go(process)
        self.round += 1
        last = self.round == self.rounds
        found = [self.generator.finish(process) if last else self.generator.read(process) for process in self.processes]
        for process in [] if last else self.processes:
            self.generator.await_ready(process)
        latencies = []
        for path in self.paths():
            with open(path, encoding="ascii") as file:
                latencies += [int(line.rsplit("\t", 1)[1]) / 1e3 for line in file]
        seconds = (max(one["end_us"] for one in found) - min(one["start_us"] for one in found)) / 1e6
        return seconds, sorted(latencies), sum(one["busy"] for one in found)


def p99(latencies):
    return latencies[(99 * len(latencies) + 99) // 100 - 1]


def offices(bench):
    count, minute = bench.pick((COUNTIES, 60), (1200, 4))
    bench.plan("offices", provinces=31, prefectures=333, counties=count, villages=0, first=201301, last=201312)
    bench.fresh("crowd", "offices")
    centre = bench.centre("crowd").start()
    before = centre.memory()
    crowd = Crowd(bench, centre, count, 1 + BURSTS, minute * 1000)
    connected = centre.memory()
    found = []
    for month in range(1 + BURSTS):
        found.append(crowd.send())
        bench.look_up(crowd.paths(), "crowd", count)
        bench.check(centre, "offices", month + 1, verify=False)
        if not month:
            memory = max(connected, centre.memory()) - before  # once all of them have been used
    bench.check(centre, "offices", 1 + BURSTS)
    centre.stop()
    bench.postgres.drop("crowd")
    add_offices(bench, count, found[0], found[1:], memory / count / 1024)


def add_offices(bench, count, minute, bursts, memory):
    scaled = bench.quick
    note = f" (scaled: {count:,} offices in {minute[0]:.0f} s)" if scaled else ""

    def judge(met):
        return None if scaled else met

    late = p99(minute[1])
    bench.rows.add("offices_10k_minute", "refused or lost of 10,000 offices' reports within a minute" + note,
                   count - len(minute[1]), "reports", "0", judge(len(minute[1]) == count), busy=minute[2])
    bench.rows.add("offices_10k_minute_p99", "latency, p99", late, "ms", "≤ 50 ms", judge(late <= 50))
    bench.rows.add("offices_10k_memory", "fupind's memory a connection", memory, "KiB", "≤ 48 KiB", judge(memory <= 48))
    seconds = median(burst[0] for burst in bursts)
    lost = sum(count - len(burst[1]) for burst in bursts)
    bench.rows.add("offices_10k_burst", "all at once, until the last receipt" + note, seconds, "s", "≤ 1 s, 0 lost",
                   judge(seconds <= 1 and lost == 0), lost=lost, busy=sum(burst[2] for burst in bursts))
    bench.rows.add("offices_10k_burst_lost", "refused or lost of these", lost, "reports", "0", judge(lost == 0))
    bench.rows.add("offices_10k_burst_p99", "latency, p99", median(p99(burst[1]) for burst in bursts), "ms")


# ---------------------------------------------------------------- a nation's year

# PostgreSQL fills a table faster without indexes and makes them afterwards; they are the same then.
INDEXES = """
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
       format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
  FROM pg_constraint WHERE conrelid IN ('submission'::regclass, 'report'::regclass) AND contype IN ('p', 'u')
UNION ALL
SELECT pg_get_indexdef(indexrelid), format('DROP INDEX %s', indexrelid::regclass)
  FROM pg_index WHERE indrelid IN ('submission'::regclass, 'report'::regclass)
   AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u'))
"""


def fill(bench, database, plan, **options):
    """Puts reports into an empty journal; how many."""
    uri = bench.postgres.uri(database)
    indexes = bench.postgres.sql(INDEXES, database)
    for _, drop in indexes:
        bench.postgres.sql(drop, database)
    found = bench.generator.run("fill", plan=bench.plans[plan], db=uri, per=50, batch=16000, connections=2, **options)
    for make, _ in indexes:
        bench.postgres.sql("SET maintenance_work_mem = '512MB'; " + make, database)
    bench.postgres.sql("VACUUM ANALYZE", database)
    bench.postgres.settle()
    return found["reports"]


def nation(bench):
    prefectures, counties, villages = bench.pick((333, 2850, 128000), (31, 142, 6400))
    bench.plan("nation", provinces=31, prefectures=prefectures, counties=counties, villages=villages, first=201301,
               last=201312)
    bench.fresh("nation", "nation")
    year = 12 * 45  # at most 45 villages a county
    reports = fill(bench, "nation", "nation", count=year)
    seconds, memory = [], []
    for _ in range(3):
        centre = bench.centre("nation").start()
        seconds.append(centre.start_seconds)
        memory.append(centre.memory() / 2**20)
        if len(seconds) == 1:
            bench.check(centre, "nation", year, verify=False)  # that would take a minute and more
        centre.stop()
    bench.postgres.drop("nation")
    note = f" (scaled: {reports:,} reports)" if bench.quick else f" ({reports:,} reports)"
    met = median(seconds) <= 5, median(memory) <= 256
    bench.rows.add("start_nation", "start to serving with the nation's year in the journal" + note, median(seconds), "s",
                   "≤ 5 s", None if bench.quick else met[0])
    bench.rows.add("start_nation_memory", "fupind's memory then", median(memory), "MiB", "≤ 256 MiB",
                   None if bench.quick else met[1])


# ---------------------------------------------------------------- the plan's work

DEADLINES = """form,event,first_period,last_period,months,day,time,notice
county,open,2013-01,2013-12,0,1,00:00,
county,due,2013-01,2013-12,1,5,24:00,
village,open,2013-01,2013-12,0,1,00:00,
village,due,2013-01,2013-12,1,5,24:00,
"""


def plan_of_work(bench, name, **shape):
    """A plan with deadlines and two targets for each county and above, and its year in the journal."""
    bench.plan(name, first=201301, last=201312, **shape)
    directory = bench.plans[name]
    with open(os.path.join(directory, "deadlines.csv"), "w", encoding="ascii") as file:
        file.write(DEADLINES)
    with open(os.path.join(directory, "units.csv"), encoding="utf-8") as units, \
            open(os.path.join(directory, "targets.csv"), "a", encoding="ascii") as targets:
        for unit in (line.split(",")[0] for line in list(units)[1:]):
            if len(unit) <= 6:
                targets.write(f"{unit},2013,village_1,100000,\n{unit},2013,village_10,100000,\n")
    bench.fresh(name, name)
    villages = shape["villages"] // shape["counties"] + 1
    return fill(bench, name, name, count=12 * villages)


def plan_work(bench):
    """Totals with targets, pace and both states of review; completeness; answers as of the past, each of another commit."""
    asked = {}
    for name, shape in (("jilin", dict(provinces=1, prefectures=9, counties=60, villages=210)),
                        ("country", dict(zip(("provinces", "prefectures", "counties", "villages"),
                                             bench.pick((31, 333, 2850, 128000), (31, 62, 285, 6400)))))):
        plan_of_work(bench, name, **shape)
        seqs = bench.postgres.sql("SELECT max(seq) FROM submission", name)[0][0]
        centre = bench.centre(name).start()
        options = bench.load_options(centre, name)
        count = bench.pick(2000, 300)
        asked[name, "totals"] = bench.generator.run("total", count=count, every_us=500, period=201306, **options)
        if name == "jilin":
            asked[name, "completeness"] = bench.generator.run("total", count=count, every_us=500, completeness=1, **options)
            asked[name, "past"] = bench.generator.run("total", count=bench.pick(100, 20), every_us=500, past=seqs, **options)
        centre.stop()
        bench.postgres.drop(name)
    note = " (scaled)" if bench.quick else ""
    for row, key, goal, what in (
            ("plan_totals", ("jilin", "totals"), 1, "a month by county with targets, pace, submitted and approved, Jilin's size, p99"),
            ("plan_totals_nation", ("country", "totals"), 5, "the same of a province in a nation of 2,850 counties" + note + ", p99"),
            ("plan_completeness", ("jilin", "completeness"), 10, "the year's completeness of the province by county, p99"),
            ("plan_past", ("jilin", "past"), 100, "a month by county as of ever another commit of the year, p99")):
        p99 = asked[key]["latency_us"]["p99"] / 1e3
        bench.rows.add(row, what, p99, "ms", f"≤ {goal} ms", p99 <= goal, p50=asked[key]["latency_us"]["p50"] / 1e3)


# ---------------------------------------------------------------- export

def office_home(bench, centre, plan, unit):
    """A directory from which fupin speaks as the office of a unit."""
    home = os.path.join(bench.directory, f"office-{unit}")
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(bench.plans[plan], "keys"), encoding="ascii") as file:
        public, secret = next(line.split()[1:] for line in file if line.startswith(f"{unit} "))
    with open(os.path.join(home, "office.key_secret"), "w", encoding="ascii",
              opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(f'curve\n    public-key = "{public}"\n    secret-key = "{secret}"\n')
    with open(os.path.join(home, "fupin.ini"), "w", encoding="ascii") as file:
        file.write(f"[centre]\nendpoint = {centre.endpoint}\npublic-key = {centre.key}\n")
    return home


def measured(words):
    """Runs a program; its seconds, and the most memory that it had, in MiB."""
    begin = time.monotonic()
    process = subprocess.Popen(words)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchError(f"{' '.join(words)}: exit {process.returncode}")
    return time.monotonic() - begin, usage.ru_maxrss / 1024


def export(bench):
    villages = bench.pick(84000, 1200)
    bench.plan("export", provinces=1, prefectures=9, counties=60, villages=villages, first=201301, last=201312)
    bench.fresh("export", "export")
    reports = fill(bench, "export", "export", count=12 * villages // 60)
    centre = bench.centre("export").start()
    with open(os.path.join(bench.plans["export"], "keys"), encoding="ascii") as file:
        home = office_home(bench, centre, "export", file.readline().split()[0])  # the province
    found = {}
    for suffix in ("csv", "xlsx", "json"):
        path = os.path.join(bench.directory, "export." + suffix)
        found[suffix] = measured([FUPIN, "export", "reports", "--form", "village", "--home", home, "--output", path])
        if suffix == "csv":
            with open(path, "rb") as file:
                lines = sum(1 for line in file) - 1
            if lines != reports:
                raise BenchError(f"{lines} rows of {reports} reports exported")
        os.unlink(path)
    memory = centre.memory() / 2**20
    centre.stop()
    bench.postgres.drop("export")
    note = f" (scaled: {reports:,})" if bench.quick else f" ({reports:,})"
    most = max(one[1] for one in found.values())
    bench.rows.add("export_million", "reports exported as CSV" + note, reports / found["csv"][0], "reports/s")
    bench.rows.add("export_million_xlsx", "as a workbook", reports / found["xlsx"][0], "reports/s")
    bench.rows.add("export_million_json", "as JSON", reports / found["json"][0], "reports/s")
    bench.rows.add("export_million_memory", "fupin's memory, at most", most, "MiB", "≤ 96 MiB", most <= 96)
    bench.rows.add("export_million_centre", "fupind's memory after it", memory, "MiB")


# ---------------------------------------------------------------- growth

def grown(bench, plan, size, end, month, single):
    """B and p99 of a query with so many reports in the journal: those of each office before number `end`. The load
    goes on from there, in `month`, whatever the size: what it does is the same."""
    bench.fresh("grown", plan)
    first = end - size // OFFICES
    fill(bench, "grown", plan, skip=first, count=size // OFFICES)
    centre = bench.centre("grown").start()
    rates, waits, sent = [], [], end
    for _ in range(3):
        bench.postgres.settle()
        rates.append(bench.load(centre, plan, count=single, per=1, skip=sent)["rate"])
        sent += single // OFFICES
        waits.append(bench.generator.run("total", count=bench.pick(2000, 300), every_us=500, period=month,
                                         **bench.load_options(centre, plan))["latency_us"]["p99"] / 1e3)
    # Beyond that `fupind verify` takes minutes; the totals and receipts are looked at all the same.
    bench.check(centre, plan, sent, first=first, verify=size < 5_000)
    memory = centre.memory() / 2**20
    start = centre.start_seconds
    centre.stop()
    bench.postgres.settle()
    limit = bench.generator.run("copy", plan=bench.plans[plan], db=bench.postgres.uri("grown"), count=single, per=1,
                                batch=4000, skip=sent)["rate"]
    bench.postgres.drop("grown")
    return {"b": median(rates), "p99": median(waits), "memory": memory, "start": start, "a": limit}


def growth(bench):
    sizes = bench.pick((100_000, 1_000_000, 10_000_000), (3_000, 9_000, 18_000))
    end = sizes[-1] // OFFICES
    if bench.quick:
        province(bench)
        found = [grown(bench, "province", size, end, 201302, 12000) for size in sizes]
    else:
        bench.plan("growth", provinces=1, prefectures=9, counties=OFFICES, villages=120000, first=201301, last=202012)
        found = [grown(bench, "growth", size, end, 201912, 90000) for size in sizes]
    note = f" (scaled: up to {sizes[-1]:,})" if bench.quick else ""
    slower = 100 * (1 - min(one["b"] for one in found) / found[0]["b"])
    longer = 100 * (max(one["p99"] for one in found) / found[0]["p99"] - 1)

    def judge(met):
        return None if bench.quick else met

    bench.rows.add("growth", "B: how much slower than with the smallest journal, at worst" + note, slower, "%", "≤ 15 %",
                   judge(slower <= 15))
    bench.rows.add("growth_query_p99", "the query's p99: how much longer, at worst" + note, longer, "%", "≤ 15 %",
                   judge(longer <= 15))
    for size, one in zip(("100k", "1m", "10m"), found):
        what = f"with the {dict(zip(('100k', '1m', '10m'), sizes))[size]:,} reports"
        bench.rows.add("growth_b_" + size, "B " + what, one["b"], "reports/s")
        bench.rows.add("growth_copy_limit_" + size, "A " + what, one["a"],
                       "reports/s")
        bench.rows.add("growth_query_p99_" + size, "query p99 " + what, one["p99"], "ms")
        bench.rows.add("growth_memory_" + size, "fupind's memory " + what, one["memory"], "MiB")
        bench.rows.add("growth_start_" + size, "start to serving " + what, one["start"], "s")
