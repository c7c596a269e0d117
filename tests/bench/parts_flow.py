"""How fast: the limit (A), single submissions (B), batches of 50 (C), a transaction a report (D), and how long
one waits."""
import os
import re
import subprocess

from figures import median
from machinery import BenchError

OFFICES = 60
# So many reports a transaction are tried for A, and the best is taken.
BATCHES = (256, 1000, 4000, 16000)


def province(bench):
    """One province of 60 counties."""
    villages, last = bench.pick((60000, 201312), (12000, 201306))
    bench.plan("province", provinces=1, prefectures=9, counties=OFFICES, villages=villages, first=201301, last=last)


# ---------------------------------------------------------------- A

def copy(bench, reports, per, batch, connections=1):
    """Reports a second by COPY alone, into an empty journal."""
    uri = bench.fresh("copied", "province")
    figures = bench.generator.run("copy", plan=bench.plans["province"], db=uri, count=reports // per, per=per,
                                  batch=batch, connections=connections)
    bench.postgres.drop("copied")
    return figures["rate"]


def best_batch(bench, reports, per):
    batches = [batch for batch in bench.pick(BATCHES, BATCHES[2:3]) if batch >= per]
    return max(batches, key=lambda batch: copy(bench, reports, per, batch)) if len(batches) > 1 else batches[0]


# ---------------------------------------------------------------- D

TRANSACTION_TABLES = """
CREATE SEQUENCE web_seq;
CREATE TABLE web_current (unit bigint, period int, form int, revision int, "values" bigint[],
                          PRIMARY KEY (unit, period, form));
CREATE TABLE web_total (unit bigint, period int, v1 bigint, v2 bigint, v3 bigint, v4 bigint, v5 bigint, v6 bigint,
                        v7 bigint, v8 bigint, v9 bigint, v10 bigint, PRIMARY KEY (unit, period)) WITH (fillfactor = 50);
INSERT INTO web_total SELECT u, p, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(201301, 201312) p,
 (SELECT 11 UNION SELECT 1101 + f FROM generate_series(0, 8) f
  UNION SELECT (1101 + f) * 100 + 1 + c FROM generate_series(0, 8) f, generate_series(0, 6) c) AS x(u);
"""
VALUES = range(1, 11)


def transaction_script(pipelined):
    """One report: journal, current value, totals of county, prefecture and province. The hottest row comes last.
    Pipelined, all of it is one round trip: few applications do that, but it is the best that they can."""
    lines = ["\\set n :n + 1", "\\set k :client_id * 1000000 + :n", "\\set prefecture 1101 + :k % 9",
             "\\set county :prefecture * 100 + 1 + (:k / 9) % 7",
             "\\set unit :county * 1000000 + 1001 + (:k / 63) % 1000", "\\set period random(201301, 201312)"]
    lines += [f"\\set v{i} random(0, 999)" for i in VALUES]
    values = "ARRAY[" + ", ".join(f":v{i}" for i in VALUES) + "]::bigint[]"
    lines += ["\\startpipeline"] * pipelined + ["BEGIN;",
              "INSERT INTO submission VALUES (:county, nextval('web_seq'), gen_random_uuid(), 'county', "
              "decode(repeat('5a', 32), 'hex'), now(), 1, 0);",
              f"INSERT INTO report VALUES (:county, :unit, :period, 2, :k, 1, currval('web_seq'), {values});",
              f"INSERT INTO web_current VALUES (:unit, :period, 2, :k, {values}) ON CONFLICT (unit, period, form) "
              "DO UPDATE SET revision = excluded.revision, \"values\" = excluded.\"values\";"]
    added = ", ".join(f"v{i} = v{i} + :v{i}" for i in VALUES)
    lines += [f"UPDATE web_total SET {added} WHERE unit = {unit} AND period = :period;"
              for unit in (":county", ":prefecture", "11")]
    return "\n".join(lines + ["COMMIT;"] + ["\\endpipeline"] * pipelined + [""])


def transactions(bench, way, how_long, tables, script, check):
    """Transactions a second; `way`: connections, and whether they pipeline."""
    connections, _ = way
    bench.fresh("web", "province")
    bench.postgres.sql(tables, "web")
    path = os.path.join(bench.directory, "web.sql")
    with open(path, "w", encoding="ascii") as file:
        file.write(script)
    bench.postgres.settle()
    process = bench.processes.start(
        [os.path.join(bench.postgres.bin, "pgbench"), "-h", bench.postgres.directory, "-U", bench.postgres.user, "-n",
         "-M", "prepared", "-c", str(connections), "-j", "2", *how_long, "-D", "n=0", "-f", path, "web"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    answer = process.communicate()[0]
    bench.processes.end(process)
    found = re.search(r"tps = ([\d.]+)", answer)
    if process.returncode or not found or "number of failed transactions: 0 " not in answer:
        raise BenchError("pgbench: " + answer)
    check(bench)
    bench.postgres.drop("web")
    return float(found.group(1))


def per_transaction(bench, way, how_long):
    """Reports a second, each in a transaction of its own."""
    return transactions(bench, way, how_long, TRANSACTION_TABLES, transaction_script(way[1]), check_transactions)


def check_transactions(bench):
    """The web application's totals are right, too: it is no strawman that forgets to count."""
    wrong = bench.postgres.sql(
        "SELECT (SELECT sum(v1) FROM web_total WHERE unit = 11) IS DISTINCT FROM (SELECT sum(\"values\"[1]) FROM report)"
        " OR (SELECT count(*) FROM report) <> (SELECT count(*) FROM submission)", "web")[0][0]
    if wrong:
        raise BenchError("per_transaction: its totals are wrong")


# ---------------------------------------------------------------- rounds of A, B, C, D

def centre_round(bench, single, batched):
    """B and C into one fresh journal, with all checks after each."""
    bench.fresh("round", "province")
    centre = bench.centre("round").start()
    bench.postgres.settle()
    b = bench.load(centre, "province", count=single, per=1)
    bench.check(centre, "province", single // OFFICES, verify=False)
    bench.postgres.settle()
    c = bench.load(centre, "province", count=batched // 50, per=50, skip=single // OFFICES)
    bench.check(centre, "province", (single + batched) // OFFICES)
    centre.stop()
    bench.postgres.drop("round")
    return b, c


def rounds(bench):
    province(bench)
    single, batched = bench.pick((180000, 480000), (18000, 18000))
    # pgbench's own words: seconds in all, or transactions of each connection.
    how_long, how_long_tried = bench.pick((("-T", "4"), ("-T", "2")), (("-t", "500"), ("-t", "250")))
    batch = best_batch(bench, single, 1)
    batch_50 = best_batch(bench, batched, 50)
    ways = bench.pick([(count, pipelined) for count in (8, 16, 32, 64) for pipelined in (True, False)], [(8, True)])
    way = max(ways, key=lambda one: per_transaction(bench, one, how_long_tried)) if len(ways) > 1 else ways[0]
    found = []
    for _ in range(3):
        a = copy(bench, single, 1, batch)
        b, c = centre_round(bench, single, batched)
        found.append({"a": a, "a50": copy(bench, batched, 50, batch_50), "b": b["rate"], "c": c["rate"],
                      "a2": copy(bench, single, 1, batch, 2), "d": per_transaction(bench, way, how_long),
                      "b_latency": b["latency_us"], "busy": b["busy"] + c["busy"],
                      "fupind": 1000 * b["centre_cpu"] / b["reports"],
                      "postgres": 1000 * b["database_cpu"] / b["reports"],
                      "generator": 1000 * b["own_cpu"] / b["reports"],
                      "fupind_50": 1000 * c["centre_cpu"] / c["reports"],
                      "postgres_50": 1000 * c["database_cpu"] / c["reports"]})
    add_rounds(bench.rows, found, batch, batch_50, way)
    bench.shared["single"] = median(one["b"] for one in found)


def add_rounds(rows, found, batch, batch_50, way):
    def mid(key):
        return median(one[key] for one in found)

    def ratio(over, under):
        return median(one[over] / one[under] for one in found)

    per_second, cpu = "reports/s", "s per 1,000 reports"
    rows.add("copy_limit", f"A: binary COPY, {batch:,} reports a transaction, one connection", mid("a"), per_second)
    rows.add("copy_limit_two", "the same over two connections", mid("a2"), per_second)
    rows.add("copy_limit_50", f"A for 50 reports a submission, {batch_50:,} reports a transaction", mid("a50"), per_second)
    rows.add("submit_single", "B: fupind, one report a submission, all receipted", mid("b"), per_second, "≥ 0.5 A",
             ratio("b", "a") >= 0.5, ratio=ratio("b", "a"), p50_ms=median(one["b_latency"]["p50"] for one in found) / 1e3,
             p99_ms=median(one["b_latency"]["p99"] for one in found) / 1e3, busy=sum(one["busy"] for one in found))
    rows.add("submit_single_ratio", "B / A", ratio("b", "a"), "")
    rows.add("submit_batch50", "C: fupind, 50 reports a submission, all receipted", mid("c"), per_second,
             "≥ 0.8 A for 50 (copy_limit_50)", ratio("c", "a50") >= 0.8, ratio=ratio("c", "a50"))
    rows.add("submit_batch50_ratio", "C / A for 50", ratio("c", "a50"), "")
    rows.add("submit_batch50_ratio_single", "C / A for single ones, the easier limit", ratio("c", "a"), "")
    how = f"D: a transaction a report, pgbench, {way[0]} connections" + (", pipelined" if way[1] else "")
    rows.add("per_transaction", how, mid("d"), per_second, "B ≥ 10 D", ratio("b", "d") >= 10, ratio=ratio("b", "d"))
    rows.add("per_transaction_ratio", "B / D", ratio("b", "d"), "")
    rows.add("cpu_fupind", "B: CPU time of fupind", mid("fupind"), cpu)
    rows.add("cpu_postgres", "B: CPU time of PostgreSQL", mid("postgres"), cpu)
    rows.add("cpu_generator", "B: CPU time of the load generator, on the same cores", mid("generator"), cpu)
    rows.add("cpu_fupind_50", "C: CPU time of fupind", mid("fupind_50"), cpu)
    rows.add("cpu_postgres_50", "C: CPU time of PostgreSQL", mid("postgres_50"), cpu)


# ---------------------------------------------------------------- the ledger

# What fupin-bench books (arguments.h): grants to villages, each county from its own money; or receipts of what the
# province sent, all from the province's one account of what is in transit.
GRANTED, RECEIVED = 2, 3
SENT = 10**12  # fen, to each county

LEDGER_TABLES = """
CREATE SEQUENCE web_seq;
CREATE TABLE web_account (unit bigint, source int, state int, fen bigint NOT NULL CHECK (fen >= 0),
                          PRIMARY KEY (unit, source, state)) WITH (fillfactor = 50);
INSERT INTO web_account SELECT code, 1, s, CASE s WHEN 0 THEN 1000000000000 ELSE 0 END FROM unit, generate_series(0, 1) s;
"""


def ledger_script(hot, pipelined):
    """One entry: journal, and the two accounts that it moves money between, the hot one last."""
    lines = ["\\set n :n + 1", "\\set k :client_id * 1000000 + :n", "\\set prefecture 1101 + :k % 9",
             "\\set county :prefecture * 100 + 1 + (:k / 9) % 6", "\\set v (:k / 54) % 200",
             "\\set village (:county * 1000 + 1 + :v / 20) * 1000 + 1 + :v % 20"]
    giver, taker = ("11", ":county") if hot else (":county", ":village")
    lines += ["\\startpipeline"] * pipelined + ["BEGIN;",
              "INSERT INTO submission VALUES (:county, nextval('web_seq'), gen_random_uuid(), 'county', "
              "decode(repeat('5a', 32), 'hex'), now(), 0, 1);",
              "INSERT INTO fund_entry (county, unit, voucher, kind, source, use, counterparty, amount_fen, occurred, seq, line, "
              f"note) VALUES (:county, {taker}, 'v' || :k, 4, 1, 1, {giver}, 100, '2013-01-15', currval('web_seq'), 0, '');",
              f"UPDATE web_account SET fen = fen + 100 WHERE unit = {taker} AND source = 1 AND state = 1;",
              f"UPDATE web_account SET fen = fen - 100 WHERE unit = {giver} AND source = 1 AND state = 0;"]
    return "\n".join(lines + ["COMMIT;"] + ["\\endpipeline"] * pipelined + [""])


def check_ledger(bench):
    wrong = bench.postgres.sql(
        "SELECT (SELECT sum(fen) FROM web_account WHERE state = 1) IS DISTINCT FROM (SELECT sum(amount_fen) FROM fund_entry)"
        " OR (SELECT sum(1000000000000 - fen) FROM web_account WHERE state = 0) IS DISTINCT FROM"
        " (SELECT sum(amount_fen) FROM fund_entry)", "web")[0][0]
    if wrong:
        raise BenchError("ledger_transaction: its accounts are wrong")


def send_down(bench, database):
    """What the province sent to each county, as if it had come in the first commit."""
    bench.postgres.sql(
        "INSERT INTO submission (county, seq, id, principal, digest, recorded_at, report_count, entry_count, other_count) "
        f"VALUES (11, 1, gen_random_uuid(), 'province', decode(repeat('5a', 32), 'hex'), now(), 0, {2 * OFFICES}, 0);"
        "WITH county AS (SELECT code, row_number() OVER (ORDER BY code) - 1 AS n FROM unit WHERE level = 3) "
        "INSERT INTO fund_entry (county, unit, voucher, kind, source, counterparty, amount_fen, occurred, seq, line, note) "
        f"SELECT 11, 11, 'r' || code, 1, 1, NULL::bigint, {SENT}, '2013-01-01'::date, 1, n, '' FROM county UNION ALL "
        f"SELECT 11, 11, 's' || code, 2, 1, code, {SENT}, '2013-01-02'::date, 1, {OFFICES} + n, '' FROM county;"
        "UPDATE journal_head SET seq = 1", database)


def ledger_round(bench, what, count):
    """Entries a second, each a submission of its own, into a fresh journal; every account is checked."""
    bench.fresh("ledger", "province")
    if what == RECEIVED:
        send_down(bench, "ledger")
    centre = bench.centre("ledger").start()
    bench.postgres.settle()
    found = bench.load(centre, "province", count=count, per=1, entries=what)
    booked = bench.postgres.sql(f"SELECT count(*) FROM fund_entry WHERE seq > {int(what == RECEIVED)}", "ledger")[0][0]
    if booked != count:
        raise BenchError(f"of {count} entries {booked} are in the journal")
    centre.verify()
    centre.stop()
    bench.postgres.drop("ledger")
    return found["rate"]


def ledger(bench):
    province(bench)
    count = bench.pick(240000, 6000)
    how_long, how_long_tried = bench.pick((("-T", "4"), ("-T", "2")), (("-t", "150"), ("-t", "150")))
    for name, what, goal, where in (("ledger_spread", GRANTED, 5, "over 60 counties"),
                                    ("ledger_hot", RECEIVED, 3, "of 60 counties, all on one hot account")):
        def web(way, how_long, hot=what == RECEIVED):
            return transactions(bench, way, how_long, LEDGER_TABLES, ledger_script(hot, way[1]), check_ledger)
        ways = bench.pick([(connections, pipelined) for connections in (4, 8, 16, 32) for pipelined in (True, False)],
                          [(8, True)])
        way = max(ways, key=lambda one: web(one, how_long_tried)) if len(ways) > 1 else ways[0]
        found = [(ledger_round(bench, what, count), web(way, how_long)) for _ in range(3)]
        ratio = median(ours / theirs for ours, theirs in found)
        bench.rows.add(name, f"ledger entries {where}, one a submission, all receipted", median(one for one, _ in found),
                       "entries/s", f"≥ {goal} × {name}_transaction", ratio >= goal, ratio=ratio)
        bench.rows.add(name + "_transaction", f"the same double entry, a transaction each, pgbench, {way[0]} connections"
                       + (", pipelined" if way[1] else ""), median(two for _, two in found), "entries/s")
        bench.rows.add(name + "_ratio", "the one / the other", ratio, "")


# ---------------------------------------------------------------- waiting

def lone(bench):
    province(bench)
    bench.fresh("lone", "province")
    uri = bench.fresh("lone_sql", "province")
    centre = bench.centre("lone").start()
    found = bench.generator.run("lone", db=uri, count=bench.pick(3000, 600), **bench.load_options(centre, "province"))
    centre.verify()
    centre.stop()
    for database in ("lone", "lone_sql"):
        bench.postgres.drop(database)
    ours, theirs = found["centre_us"], found["insert_us"]
    bench.rows.add("lone_latency", "a lone submission until its receipt, p50", ours["p50"] / 1e3, "ms",
                   "≤ 2 × lone_latency_insert", ours["p50"] <= 2 * theirs["p50"], p50=ours["p50"] / 1e3,
                   p99=ours["p99"] / 1e3, ratio=ours["p50"] / theirs["p50"])
    bench.rows.add("lone_latency_p99", "the same, p99", ours["p99"] / 1e3, "ms")
    bench.rows.add("lone_latency_insert", "a lone BEGIN; INSERT; INSERT; COMMIT through libpq, p50",
                   theirs["p50"] / 1e3, "ms", p50=theirs["p50"] / 1e3, p99=theirs["p99"] / 1e3)
    bench.rows.add("lone_latency_insert_p99", "the same, p99", theirs["p99"] / 1e3, "ms")


def ask_under_load(bench, centre, single, skip):
    """Latencies of total queries while B runs."""
    asker = bench.generator.start("total", wait=1, every_us=5000, **bench.load_options(centre, "province"))
    bench.generator.await_ready(asker)
    loading = bench.generator.start("load", wait=1, count=single, per=1, skip=skip,
                                    **bench.load_options(centre, "province"))
    bench.generator.await_ready(loading)
    bench.generator.go(asker)
    bench.generator.go(loading)
    bench.generator.finish(loading)
    bench.generator.go(asker)
    return bench.generator.finish(asker)["latency_us"]


def totals(bench):
    province(bench)
    single = bench.pick(120000, 24000)
    bench.fresh("asked", "province")
    centre = bench.centre("asked").start()
    idle, loaded = [], []
    for number in range(3):
        loaded.append(ask_under_load(bench, centre, single, number * single // OFFICES))
        idle.append(bench.generator.run("total", count=bench.pick(2000, 500), every_us=1000,
                                        **bench.load_options(centre, "province"))["latency_us"])
    bench.check(centre, "province", 3 * single // OFFICES, verify=False)
    centre.stop()
    bench.postgres.drop("asked")
    for name, found, goal, what in (("total_idle", idle, 1, "a month of the province by county, p99, idle"),
                                    ("total_loaded", loaded, 10, "the same under load B, p99")):
        p50, p99 = (median(one[key] for one in found) / 1e3 for key in ("p50", "p99"))
        bench.rows.add(name, what, p99, "ms", f"≤ {goal} ms", p99 <= goal, p50=p50, p99=p99)
        bench.rows.add(name + "_p50", what.replace("p99", "p50"), p50, "ms")


def push(bench):
    """From the receipt at the sender to the push at a watcher of the year's table by county, in one process."""
    province(bench)
    rate = int(bench.shared.get("single", 60000) / 2)
    count = bench.pick(120000, 24000) // OFFICES * OFFICES
    bench.fresh("watched", "province")
    centre = bench.centre("watched").start()
    found = []
    for number in range(3):
        bench.postgres.settle()
        found.append(bench.load(centre, "province", count=count, per=1, skip=number * count // OFFICES, rate=rate, watch=1))
    bench.check(centre, "province", 3 * count // OFFICES, verify=False)
    centre.stop()
    bench.postgres.drop("watched")
    p50, p99 = (median(one["push_us"][key] for one in found) / 1e3 for key in ("p50", "p99"))
    bench.rows.add("push_latency", f"receipt until the push at a watcher, p99, at half of B ({rate:,} reports/s)", p99, "ms",
                   "≤ 10 ms", p99 <= 10, p50=p50, p99=p99, pushes=sum(one["pushes"] for one in found))
    bench.rows.add("push_latency_p50", "the same, p50", p50, "ms")
