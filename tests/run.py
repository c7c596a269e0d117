"""Runs a file of tests in Python, or some of its classes: what ctest calls.

    run.py FILE [CLASS…]      those classes (or CLASS.test)
    run.py FILE -CLASS …      all but those

Prints a line for each test as it ends, and at the end what all of it took in processor time (that of the processes
it started, too). Exit status 1: a test failed, or was skipped without standing in skips.txt.
"""
import fnmatch
import importlib.util
import os
import resource
import sys
import time
import unittest

SKIPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "skips.txt")


def condition_holds(condition):
    """Whether this is a run in which a test may be skipped for that."""
    return {"sanitizer": "FUPIN_SLOW" in os.environ, "large": "FUPIN_WHOLE" not in os.environ,
            "user": os.geteuid() != 0, "ipv6": not os.path.exists("/proc/net/if_inet6")}[condition]


def read_skips(path=SKIPS):
    """(pattern, condition, reason) of each line; KeyError for a condition that nobody knows."""
    skips = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                pattern, condition, reason = line.split(None, 2)
                condition_holds(condition)
                skips.append((pattern, condition, reason.strip()))
    return skips


def may_skip(name, skips):
    return any(fnmatch.fnmatchcase(name, pattern) and condition_holds(condition) for pattern, condition, _ in skips)


class Result(unittest.TestResult):
    """A line a test, flushed: a test that hangs is the one without its line."""

    def __init__(self, file, skips):
        super().__init__()
        self.file, self.skips, self.began, self.passed = file, skips, None, 0

    def name(self, test):
        return f"{self.file}.{test.id().split('.', 1)[1]}" if "." in test.id() else f"{self.file}.{test.id()}"

    def tell(self, test, outcome, detail=""):
        seconds = time.monotonic() - self.began if self.began is not None else 0
        print(f"{outcome:<7} {self.name(test)} {seconds:.2f} s{detail and ' ' + detail}", flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        self.tell(test, "passed")

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(test, "FAILED", "\n" + self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(test, "FAILED", "\n" + self.failures[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            failed = self.failures if issubclass(err[0], test.failureException) else self.errors
            self.tell(subtest, "FAILED", "\n" + failed[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if may_skip(self.name(test), self.skips):
            self.tell(test, "skipped", reason)
        else:
            self.failures.append((test, "skipped, and not in tests/skips.txt: " + reason))
            self.tell(test, "FAILED", "skipped, and not in tests/skips.txt: " + reason)

    def addExpectedFailure(self, test, err):
        raise NotImplementedError("a test that is expected to fail is no test")


def load(path):
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def processor_seconds():
    """Ours, and that of those of our processes that have ended."""
    return sum(usage.ru_utime + usage.ru_stime
               for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def flat(suite):
    """The tests of a suite of suites."""
    for test in suite:
        yield from flat(test) if isinstance(test, unittest.TestSuite) else (test,)


def choose(module, words):
    """The tests that the command line asks for, in the order of the loader. LookupError: a class that has none."""
    loader = unittest.defaultTestLoader
    but = [word[1:] for word in words if word.startswith("-")]
    names = [word for word in words if not word.startswith("-")]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    missing = [name for name in but if not hasattr(module, name)]
    chosen = unittest.TestSuite(test for test in flat(suite) if type(test).__name__ not in but)
    if missing or (not chosen.countTestCases() and not but):
        raise LookupError(f"no test in {missing or words or module.__name__}")
    return chosen


def main(path, *words):
    module = load(path)
    suite = choose(module, words)
    result = Result(module.__name__.removeprefix("test_"), read_skips())
    suite.run(result)
    print(f"processor {processor_seconds():.1f} s", flush=True)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
