"""The end of scripts/test.sh: what ctest's reports of one or more runs say together.

    summary.py REPORT…      each a file of ctest --output-junit

Prints the ten slowest entries, what was skipped and why, and as the last line `N passed, N failed, N skipped`: tests,
not entries of ctest. Exit status 1: a test failed, or an entry ended without saying how.
"""
import os
import re
import sys
import xml.etree.ElementTree as ET

LINE = re.compile(r"^(passed |skipped|FAILED ) (\S+)(?: ([\d.]+) s)?(.*)$", re.M)
UNIT = re.compile(r"^\[  PASSED  \] (\d+) test", re.M)
UNIT_FAILED = re.compile(r"^\[  FAILED  \] (\d+) test", re.M)
PROCESSOR = re.compile(r"^processor ([\d.]+) s$", re.M)


class Entry:
    """One entry of ctest, and the tests in it."""

    def __init__(self, run, case):
        self.name = case.get("name") + run
        self.seconds = float(case.get("time"))
        self.good = case.get("status") == "run"
        text = case.findtext("system-out") or ""
        self.passed = sum(int(count) for count in UNIT.findall(text))
        self.failed = sum(int(count) for count in UNIT_FAILED.findall(text))
        self.skipped = []
        for outcome, name, _, rest in LINE.findall(text):
            if outcome == "passed ":
                self.passed += 1
            elif outcome == "FAILED ":
                self.failed += 1
            else:
                self.skipped.append(f"{name}{rest}")
        # A program that is one test by itself: a crash round, a replayed corpus.
        if self.good and not (self.passed or self.failed or self.skipped):
            self.passed = 1
        if not self.good and not self.failed:
            self.failed = 1
        found = PROCESSOR.findall(text)
        self.processor = float(found[-1]) if found else None


def read(paths):
    """All entries; where there are several runs, their names tell which."""
    entries = []
    for path in paths:
        run = f" ({os.path.splitext(os.path.basename(path))[0]})" if len(paths) > 1 else ""
        entries += [Entry(run, case) for case in ET.parse(path).getroot().iter("testcase")]
    return entries


def main(*paths):
    entries = read(paths)
    print("the ten slowest:")
    for entry in sorted(entries, key=lambda entry: -entry.seconds)[:10]:
        processor = "" if entry.processor is None else f", {entry.processor:.1f} s of a processor"
        print(f"  {entry.seconds:6.1f} s  {entry.name}{processor}")
    skipped = sorted({line for entry in entries for line in entry.skipped})
    if skipped:
        print("skipped:")
        print("".join(f"  {line}\n" for line in skipped), end="")
    failed = [entry.name for entry in entries if entry.failed]
    if failed:
        print("failed: " + ", ".join(failed))
    print(f"{sum(entry.passed for entry in entries)} passed, {sum(entry.failed for entry in entries)} failed, "
          f"{sum(len(entry.skipped) for entry in entries)} skipped")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
