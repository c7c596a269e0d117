"""The plan's rules after an entry: the whole province of 2013, and one province of a nation with a million entries."""
import csv
import os
import shutil

from machinery import BenchError, Centre

PLAN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "db", "plan-2013")
# What rules speak of; units and offices are the generator's.
FILES = ("forms.csv", "indicators.csv", "counts.csv", "fund_sources.csv", "fund_uses.csv", "documents.csv", "calendar.csv", "rules.csv")
REPORTED = {"village_started": 1, "village_under_way": 1, "village_completed": 0, "village_accepted": 0, "village_people_lifted": 30,
            "village_households_lifted": 10, "village_registered_households": 50, "village_registered_supported": 45}

# Each county raises money and grants it to its villages in four entries each, which draw it and spend it in as many more.
ENTRIES = """
INSERT INTO submission (county, seq, id, principal, digest, recorded_at, report_count, entry_count, other_count)
SELECT 11, 1, gen_random_uuid(), 'province', decode(repeat('5a', 32), 'hex'), '2013-06-30', 0, 0, 0;
INSERT INTO fund_entry (county, unit, voucher, kind, source, use, counterparty, amount_fen, occurred, seq, line, note)
SELECT county, unit, voucher, kind, source, use, other, fen, occurred, 1, row_number() OVER (ORDER BY step, unit) - 1, '' FROM (
SELECT 0 AS step, code AS county, code AS unit, 'r' || source AS voucher, 1 AS kind, source, NULL::int AS use, NULL::bigint AS other,
       100000000000 AS fen, '2013-01-05'::date AS occurred FROM unit, (VALUES (1), (2), (5)) s (source) WHERE level = 3
UNION ALL SELECT 1, code / 1000000, code / 1000000, 'g' || code || '-' || n, 4, 1 + n % 2, 1 + n / 3, code, 20000000, '2013-02-10'
  FROM unit, generate_series(0, 3) n WHERE level = 5
UNION ALL SELECT 2, code / 1000000, code, 'c' || n, 7, 1 + n, NULL, NULL, 30000000, '2013-03-10' FROM unit, generate_series(0, 1) n WHERE level = 5
UNION ALL SELECT 3, code / 1000000, code, 's' || n, 5, 1 + n, 1, NULL, 10000000, '2013-04-10' FROM unit, generate_series(0, 1) n WHERE level = 5
) e;
UPDATE submission SET entry_count = (SELECT count(*) FROM fund_entry);
UPDATE journal_head SET seq = 1;
"""


def plan_of_rules(bench, name, **shape):
    """The generator's units and offices with the forms, funds and rules of 2013; its database, with entries and a report of each
    village. How many entries."""
    directory = os.path.join(bench.directory, "plan-" + name)
    bench.generator.run("plan", plan=directory, first=201301, last=201312, **shape)
    for file in FILES:
        shutil.copy(os.path.join(PLAN, file), directory)
    shutil.copytree(os.path.join(PLAN, "rules"), os.path.join(directory, "rules"))
    bench.postgres.create(name)
    Centre(bench.processes, bench.postgres, bench.directory, name).load(directory)
    bench.plans[name] = directory
    bench.postgres.sql(ENTRIES, name)
    with open(os.path.join(PLAN, "indicators.csv"), newline="", encoding="utf-8") as file:
        fields = [row["indicator"] for row in csv.DictReader(file) if row["form"] == "village"]
    values = ",".join(str(REPORTED.get(field, "NULL")) for field in fields)
    bench.postgres.sql("INSERT INTO report (county, unit, period, form, revision, version, seq, \"values\") "
                       f"SELECT code / 1000000, code, 201306, 2, 1, 1, 1, ARRAY[{values}]::bigint[] FROM unit WHERE level = 5;"
                       "UPDATE submission SET report_count = (SELECT count(*) FROM report)", name)
    bench.postgres.settle()
    return bench.postgres.sql("SELECT count(*) FROM fund_entry", name)[0][0]


def compliance(bench):
    nation = dict(zip(("provinces", "prefectures", "counties", "villages"), bench.pick((31, 333, 2850, 128000), (4, 8, 40, 1000))))
    for row, name, shape, every, goal in (("compliance_province", "rules", dict(provinces=1, prefectures=10, counties=61, villages=210), 0, 20),
                                          ("compliance_nation", "rules_nation", nation, 1, 50)):
        entries = plan_of_rules(bench, name, **shape)
        centre = bench.centre(name).start()
        found = bench.generator.run("comply", count=bench.pick(1000, 100), per=every, **bench.load_options(centre, name))
        if found["findings"] < 2 * shape["villages"] // shape["provinces"]:
            raise BenchError(f"only {found['findings']} findings")
        centre.stop()
        bench.postgres.drop(name)
        what = "all findings of the province of 2013, after an entry" if not every else \
            f"one province's rules in a nation of {shape['villages']:,} villages and {entries:,} entries, after an entry"
        p99 = found["compliance_us"]["p99"] / 1e3
        scaled = bench.quick and name == "rules_nation"
        bench.rows.add(row, f"{what}, p99 ({found['findings']:,} findings)", p99, "ms", f"≤ {goal} ms", None if scaled else p99 <= goal,
                       p50=found["compliance_us"]["p50"] / 1e3, first=found["first_us"] / 1e3)
        if not every:
            balance = found["balance_us"]["p99"] / 1e3
            bench.rows.add("balance_county", "a county's money with its ages, p99", balance, "ms", "≤ 1 ms", balance <= 1)
