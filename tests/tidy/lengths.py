"""Is anything too long? Reads sources, builds nothing.

1. A file of server/, client/, common/, proto/ and tests/ has at most 800 lines, in C or Python.
2. A function in C of the first four has at most 70, from the line with its name to its closing brace.
3. What is excepted has a reason and today's length as its cap: it may only shrink, and leaves the list when it fits."""
import os
import re
import sys

SOURCE = os.environ.get("FUPIN_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOUSES = ("server", "client", "common", "proto")
TESTS = "tests"
FILE_MOST, FUNCTION_MOST = 800, 70


# {file, or "file function": (lines at most, why)}
EXCEPTED = {}


def files():
    """Paths below SOURCE of what is checked."""
    found = []
    for house in (*HOUSES, TESTS):
        for folder, _, names in os.walk(os.path.join(SOURCE, house)):
            found += [os.path.relpath(os.path.join(folder, name), SOURCE) for name in names if name.endswith((".c", ".h", ".py"))]
    return sorted(found)


def functions(lines):
    """(name, line, how many lines) of each. As formatted: its name begins a line, its braces stand in the first column."""
    name = begin = None
    inside = False
    for number, line in enumerate(lines, 1):
        called = re.match(r"(\w+)\(", line)
        if called and not inside:
            name, begin = called.group(1), number
        elif line == "{" and name:
            inside = True
        elif line == "}" and inside:
            yield name, begin, number - begin + 1
            name, inside = None, False


def look(path, used):
    """What is wrong, a line each. `used`: the exceptions that are needed."""
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        lines = file.read().splitlines()
    found = [(path, path, len(lines), FILE_MOST)]
    if not path.startswith(TESTS + os.sep):
        found += [(f"{path} {name}", f"{path}:{line}: {name}", count, FUNCTION_MOST) for name, line, count in functions(lines)]
    wrong = []
    for key, where, count, most in found:
        if count > most and key in EXCEPTED:
            used.add(key)
            most = EXCEPTED[key][0]
        if count > most:
            wrong.append(f"{where}: {count} lines, {most} at most")
    return wrong, len(found) - 1


def main():
    wrong, used, count = [], set(), 0
    for path in files():
        faults, more = look(path, used)
        wrong += faults
        count += more
    wrong += [f"{key}: excepted, and fits" for key in EXCEPTED if key not in used]
    print("\n".join(wrong + [f"excepted: {key}, {EXCEPTED[key][0]} lines: {EXCEPTED[key][1]}" for key in sorted(used)]))
    print(f"{len(files())} files, {count} functions, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
