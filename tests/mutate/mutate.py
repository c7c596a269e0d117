"""How strong are the unit tests? Changes one thing in the code at a time and looks whether a unit test notices.

Works on a copy (build-mutate/), never on the sources. What is changed is drawn by a seed, files by their lines of
code; the same sources and seed give the same mutants. A mutant that does not compile, or that compiles to the very
same machine code, is drawn again. Only tests that execute the changed line are run, those named like the file first,
until one fails; one that does not end has failed, too. tests/mutate/survivors.txt explains survivors.
"""
import argparse
import fnmatch
import os
import random
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import build
import sites

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ROOMS = ("server", "client", "common", "proto")

# Not mutated, by file name: nothing but a process, a socket or SQL, which unit tests cannot say anything about; the
# system, crash and interop tests run them with a real centre.
EXCLUDED = {
    "main.c": "a process",
    "embedded.c": "starts and stops a PostgreSQL of its own",
    "service*.c": "the centre's loop: sockets, signals, threads",
    "store.c": "opens a database",
    "migrate.c": "SQL",
    "plan_store.c": "SQL",
    "plan_change.c": "SQL",
    "principal_store.c": "SQL",
    "plan_load.c": "SQL, and the command that loads a plan",
    "plan_history.c": "SQL",
    "document_store.c": "SQL",
    "enrol_*.c": "SQL",
    "verify*.c": "a command over all of the database",
    "office*.c": "the office's loop: a thread over session and outbox",
    "deliver.c": "conversation over a socket",
    "upload.c": "conversation over a socket",
    "download.c": "conversation over a socket",
    "client/agent/*": "watches a folder",
    "client/workbook/*": "writes workbooks, which the system tests read",
    "client/command/sending.c": "conversation over a socket",
    "client/commands/[!bf]*": "subcommands: what they ask and show is seen by the system tests",
    "client/commands/bulletin_page.c": "a page, which the system tests read",
    "client/commands/fund_l*": "lists, which the system tests read",
}

CPU_SECONDS, WALL_SECONDS = 20, 40
KILLED, SURVIVED, EQUIVALENT, UNBUILT = "killed", "SURVIVED", "equivalent", "not compiled"


class Mutant:
    def __init__(self, name, text, site, choice):
        self.file, self.site, self.choice = name, site, choice
        self.text = text[:site.start] + choice + text[site.end:]
        first = text.rfind("\n", 0, site.start) + 1
        last = text.find("\n", site.end)
        self.before = " ".join(text[first:last].split())
        self.after = " ".join((text[first:site.start] + choice + text[site.end:last]).split())
        self.outcome, self.by, self.why = None, None, None

    def key(self):
        return f"{self.file} {self.site.function}", self.before, self.after

    def place(self):
        return f"{self.file}:{self.site.line}"


def matches(name, pattern):
    return fnmatch.fnmatch(name if "/" in pattern else os.path.basename(name), pattern)


def is_excluded(name):
    return any(matches(name, pattern) for pattern in EXCLUDED)


# ---------------------------------------------------------------- drawing

def read(tree, name):
    with open(os.path.join(tree.source, name)) as file:
        return file.read()


def files_to_mutate(tree, pattern):
    return sorted(name for name in tree.compiled
                  if name.split("/")[0] in ROOMS and not is_excluded(name)
                  and (not pattern or fnmatch.fnmatch(name, pattern)))


def draw(tree, names, seed):
    """Mutants without end, none twice: a file by its lines of code, an operator, a place."""
    texts = {name: read(tree, name) for name in names}
    found = {name: sites.sites_of(texts[name]) for name in names}
    names = [name for name in names if found[name]]
    weights = [sites.lines_of_code(texts[name]) for name in names]
    chance, seen, misses = random.Random(seed), set(), 0
    while misses < 10000:
        name = chance.choices(names, weights)[0]
        operator = chance.choice(sorted(found[name]))
        site = chance.choice(found[name][operator])
        choice = chance.choice(site.choices)
        misses = misses + 1 if (name, site.start, choice) in seen else 0
        if not misses:
            seen.add((name, site.start, choice))
            yield Mutant(name, texts[name], site, choice)


def all_of(tree, place):
    """Every mutant of FILE:LINE."""
    name, line = place.rsplit(":", 1)
    if name not in tree.compiled:
        sys.exit(f"mutate: {name}: no unit test links it")
    text = read(tree, name)
    for found in sites.sites_of(text).values():
        for site in found:
            if site.line == int(line):
                for choice in site.choices:
                    yield Mutant(name, text, site, choice)


# ---------------------------------------------------------------- one mutant

def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Judge:
    """Says what becomes of a mutant."""

    def __init__(self, tree, lines, times, unsanitized, scratch):
        self.tree, self.lines, self.times, self.scratch = tree, lines, times, scratch
        self.unsanitized = unsanitized

    def tests_for(self, mutant):
        """Those that execute its line, the likeliest first. A line in the middle of an expression belongs to the
        last one before it that has code."""
        lines = self.lines[mutant.file]
        line = max((at for at in lines if at <= mutant.site.line), default=None)
        stem = os.path.basename(mutant.file)[:-len(".c")]
        return sorted(lines.get(line, ()), key=lambda test: (stem not in test, self.times[test], test))

    def fails(self, test, room, sanitized):
        path = os.path.join(room, test)
        path = path if os.path.isfile(path) else self.tree.path(test)
        try:
            done = subprocess.run([path], cwd=room, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  env=self.tree.environment(room, sanitized), timeout=WALL_SECONDS, preexec_fn=limits)
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0

    def judge(self, mutant, room):
        tests = self.tests_for(mutant)
        outside = [test for test in tests if test in self.unsanitized]
        for sanitized, some in ((True, [test for test in tests if test not in outside]), (False, outside)):
            if not some and (outside or not sanitized):
                continue
            if not self.tree.make_mutant(mutant.file, mutant.text, room, sanitized):
                return UNBUILT, None
            for test in some:
                if self.fails(test, room, sanitized):
                    return KILLED, test
        code = self.tree.optimised(mutant.file, mutant.text, room)
        if code and code == self.tree.optimised(mutant.file, read(self.tree, mutant.file), room):
            return EQUIVALENT, None
        return SURVIVED, None if tests else "no unit test executes it"


def judge_all(judge, mutants, count, jobs):
    """The first `count` that count, in the order in which they were drawn, whoever is ready first."""
    kept, rooms = [], [os.path.join(judge.scratch, f"room-{i}") for i in range(jobs)]
    source = iter(mutants)

    def work(pair):
        mutant, room = pair
        mutant.outcome, mutant.by = judge.judge(mutant, room)
        return mutant

    with ThreadPoolExecutor(jobs) as pool:
        while len(kept) < count:
            some = [mutant for mutant, _ in zip(source, range(min(8 * jobs, count - len(kept))))]
            if not some:
                break
            shares = [some[i::jobs] for i in range(jobs)]
            list(pool.map(lambda share: [work((mutant, share[1])) for mutant in share[0]], zip(shares, rooms)))
            for mutant in some:
                if mutant.outcome in (KILLED, SURVIVED):
                    kept.append(mutant)
                    say_mutant(mutant)
    return kept


# ---------------------------------------------------------------- survivors that are explained

def read_survivors(path):
    """{(file and function, before, after): why}; the file says at its head how it is written."""
    out, name, before, after = {}, None, None, None
    with open(path) as file:
        for line in file:
            line = line.rstrip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("  - "):
                before = " ".join(line[4:].split())
            elif line.startswith("  + "):
                after = " ".join(line[4:].split())
            elif line.startswith("  = "):
                out[(name, before, after)] = line[4:]
            else:
                name = line
    return out


# ---------------------------------------------------------------- saying it

def say_mutant(m):
    end = f"killed by {m.by}" if m.outcome == KILLED else SURVIVED + (f" ({m.by})" if m.by else "")
    print(f"{m.place()} {m.site.function}, {m.site.operator}: {end}\n    - {m.before}\n    + {m.after}", flush=True)


def say_table(mutants):
    print(f"\n{'room':8} {'mutants':>8} {'killed':>8} {'equivalent':>11} {'% of the others killed':>23}")
    for room in list(ROOMS) + ["all"]:
        some = [m for m in mutants if room == "all" or m.file.startswith(room + "/")]
        killed = sum(m.outcome == KILLED for m in some)
        same = sum(m.outcome == SURVIVED and (m.why or "").startswith("equivalent") for m in some)
        share = f"{100 * killed / (len(some) - same):.1f}" if len(some) > same else "-"
        print(f"{room:8} {len(some):>8} {killed:>8} {same:>11} {share:>23}")
    return 100 * killed / (len(some) - same) if len(some) > same else 100


def say_survivors(mutants):
    left = [m for m in mutants if m.outcome == SURVIVED]
    if left:
        print("\nSurvivors:")
    for m in sorted(left, key=Mutant.place):
        print(f"{m.file} {m.site.function}   (line {m.site.line})\n  - {m.before}\n  + {m.after}\n  = {m.why or 'NOT EXPLAINED'}")


# ---------------------------------------------------------------- the command

def arguments():
    parser = argparse.ArgumentParser(prog="scripts/mutate.sh", description=__doc__.split("\n")[0])
    parser.add_argument("places", nargs="*", metavar="FILE:LINE", help="every mutation of these lines, nothing drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=150, help="so many mutants (150)")
    parser.add_argument("--only", metavar="GLOB", help="of these files alone: 'server/*', common/check/check.c")
    parser.add_argument("--at-least", type=float, metavar="PERCENT", help="exit status 1 if fewer are killed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--dir", default=os.path.join(ROOT, "build-mutate"), help="where it is built (build-mutate/)")
    parser.add_argument("--list-excluded", action="store_true", help="which files are not mutated, and why")
    return parser.parse_args()


def time_tests(tree, jobs):
    """How long each test takes, as mutants will be tested; all must pass as they are. Also those that cannot be run
    with a sanitizer that comes from outside (one hangs in another library's end): they are run without."""
    unsanitized = set()

    def one(test):
        began = time.monotonic()
        try:
            subprocess.run([tree.path(test)], cwd=tree.directory, env=tree.environment(tree.directory, True), check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=WALL_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            build.run([tree.path(test)], cwd=tree.directory)
            unsanitized.add(test)
        return test, round(time.monotonic() - began, 1)
    with ThreadPoolExecutor(jobs) as pool:
        return dict(pool.map(one, tree.tests)), unsanitized


def prepare(args):
    source = os.path.join(args.dir, "source")
    build.copy_sources(ROOT, source)
    tree = build.Tree(source, os.path.join(args.dir, "plain"), "", ["unit_tests"], args.jobs)
    traced = build.Tree(source, os.path.join(args.dir, "traced"), "--coverage", ["rooms"], args.jobs)
    return tree, traced


def say_excluded(tree):
    for pattern, why in EXCLUDED.items():
        names = [name for name in sorted(tree.compiled) if matches(name, pattern)]
        lines = sum(sites.lines_of_code(read(tree, name)) for name in names)
        print(f"{pattern:18} {lines:>6} lines: {why}")
    every = [name for name in tree.compiled if name.split("/")[0] in ROOMS]
    left = sum(sites.lines_of_code(read(tree, name)) for name in every if is_excluded(name))
    print(f"{left} of {sum(sites.lines_of_code(read(tree, name)) for name in every)} lines that unit tests link")


def main():
    args = arguments()
    began = time.monotonic()
    try:
        tree, traced = prepare(args)
        times, unsanitized = time_tests(tree, args.jobs)
    except build.Failed as error:
        sys.exit(f"mutate: {error}")
    if args.list_excluded:
        return say_excluded(tree)
    if args.places:
        mutants = [m for place in args.places for m in all_of(tree, place)]
        names = sorted({m.file for m in mutants})
        count = len(mutants)
    else:
        names, count = files_to_mutate(tree, args.only), args.count
        mutants = draw(tree, names, args.seed)
    lines = build.executed(tree, traced, os.path.join(args.dir, "traces"), names, args.jobs)
    print(f"built, and {len(tree.tests)} tests traced: {time.monotonic() - began:.0f} s", flush=True)
    judge = Judge(tree, lines, times, unsanitized, args.dir)
    mutants = judge_all(judge, mutants, count, args.jobs)
    explained = read_survivors(os.path.join(HERE, "survivors.txt"))
    for mutant in mutants:
        mutant.why = explained.get(mutant.key())
    say_survivors(mutants)
    share = say_table(mutants)
    what = f"lines {' '.join(args.places)}" if args.places else f"seed {args.seed}"
    print(f"{what}; {time.monotonic() - began:.0f} s")
    return 1 if args.at_least is not None and share < args.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
