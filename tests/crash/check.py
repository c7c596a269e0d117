"""What the database has, compared with what clients were told."""
import re
import subprocess

from load import Wrong

SUBMISSIONS = """
SELECT encode(uuid_send(id), 'hex'), seq, encode(digest, 'hex'),
       (extract(epoch FROM recorded_at) * 1000000)::bigint, report_count, entry_count
  FROM submission WHERE seq > %s"""

ENTRIES = "SELECT seq, unit, voucher, amount_fen FROM fund_entry WHERE seq > %s ORDER BY seq, line"

# The people lifted of a village's or a county's report, wherever the form has them.
REPORTS = """
SELECT r.seq, r.unit, r.period, r.revision, r."values"[f.position]
  FROM report r
  JOIN form_field f ON f.form = r.form AND f.version = r.version
  JOIN indicator i ON i.number = f.indicator AND i.code IN ('people_lifted', 'village_people_lifted')
 WHERE r.seq > %s"""

# Each must give 0. Doubled: the same thing stored twice.
DOUBLED = {
    "ids stored twice": "SELECT count(*) - count(DISTINCT id) FROM submission",
    "vouchers stored twice": "SELECT count(*) - count(DISTINCT (unit, voucher)) FROM fund_entry",
    "revisions stored twice": "SELECT count(*) - count(DISTINCT (unit, period, form, revision)) FROM report",
}
# What verify looks for too, asked here in other words.
BROKEN = {
    "gaps in seq": "SELECT coalesce(max(seq), 0) - count(DISTINCT seq) FROM submission",
    "times that run backwards": "SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY seq) "
                                "AS back FROM submission) s WHERE back",
    "entries that spent what was not there": "SELECT count(*) FROM (SELECT sum(CASE WHEN kind IN (1, 7) THEN amount_fen ELSE "
                                             "-amount_fen END) OVER (PARTITION BY unit, source ORDER BY seq, line) AS rest "
                                             "FROM fund_entry) e WHERE rest < 0",
}


class Findings:
    """Counts of what must not be; all stay 0."""

    def __init__(self):
        self.lost = self.doubled = self.drift = 0
        self.texts = []

    def add(self, text):
        self.texts.append(text)

    def raise_any(self):
        if self.texts:
            raise Wrong("\n".join(self.texts[:20]))


def compare(findings, centre, ledger, base):
    """Receipts of commits after `base` with the database, both ways."""
    held = {identity: facts for identity, facts in ledger.receipts.items() if facts[0] > base}
    stored = {}
    for row in centre.sql(SUBMISSIONS, base):
        if row[0] in stored:
            findings.doubled += 1
            findings.add(f"submission {row[0]} is there twice: {stored[row[0]]} and {row[1:]}")
        stored[row[0]] = row[1:]
    for identity, facts in held.items():
        if stored.get(identity) != facts:
            findings.lost += 1
            findings.add(f"receipt {identity} {facts}: the database has {stored.get(identity)}")
    for identity in stored.keys() - held.keys():
        findings.add(f"submission {identity} {stored[identity]} is there and nobody has its receipt")


def compare_rows(findings, centre, ledger, base):
    """The rows themselves, of this round."""
    entries, reports = [], []
    for identity, (own_entries, own_reports) in ledger.rows.items():
        if identity not in ledger.receipts:
            findings.lost += 1
            findings.add(f"submission {identity} never got its receipt")
            continue
        seq = ledger.receipts[identity][0]
        entries += [(seq, *row) for row in own_entries]
        reports += [(seq, *row) for row in own_reports]
    for what, expected, statement in (("fund entries", entries, ENTRIES), ("reports", reports, REPORTS)):
        stored = centre.sql(statement, base)
        missing, extra = set(expected) - set(stored), set(stored) - set(expected)
        findings.lost += len(missing)
        findings.doubled += len(stored) - len(set(stored))
        if missing or extra or len(stored) != len(expected):
            findings.add(f"{what}: {len(stored)} stored, {len(expected)} expected; missing "
                         f"{sorted(missing)[:5]}, not expected {sorted(extra)[:5]}")


def verify(findings, centre):
    result = subprocess.run(centre.words("verify"), capture_output=True, text=True, check=False)
    found = re.search(r"drift=(\d+)", result.stdout)
    findings.drift += int(found.group(1)) if found else 1
    if result.returncode or not found or found.group(1) != "0":
        findings.add(f"verify: exit {result.returncode}\n{result.stdout}{result.stderr}")


def whole(findings, centre, ledger):
    """What holds for the journal as a whole."""
    for what, statement in DOUBLED.items():
        count = centre.sql(statement)[0][0]
        findings.doubled += count
        if count:
            findings.add(f"{count} {what}")
    for what, statement in BROKEN.items():
        count = centre.sql(statement)[0][0]
        if count:
            findings.add(f"{count} {what}")
    counts = centre.sql("SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM report), "
                        "(SELECT count(*) FROM fund_entry)")[0]
    expected = (len(ledger.receipts), ledger.count_reports, ledger.count_entries)
    if counts != expected:
        findings.lost += max(0, expected[0] - counts[0])
        findings.add(f"submissions, reports, fund entries: {counts} stored, {expected} receipted")
