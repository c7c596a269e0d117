"""Do documents lead to what is there? Reads every *.md, builds nothing.

1. A relative link leads to a file or folder that exists, and its #part to a heading of that page.
2. A path in backticks that looks like one of ours (`server/…/x.c`, `tests/…`) exists.
3. README.md has at most 150 lines."""
import os
import re
import sys

SOURCE = os.environ.get("FUPIN_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
README_LINES_MAX = 150
HOUSES = "server|client|common|proto|tests|scripts|db|docs|cmake|packaging|completion|examples"
PATH = re.compile(rf"`((?:{HOUSES})/[\w./@+-]*[\w/])(?::\d+)?`")
PLACEHOLDER = re.compile(r"(?<![A-Z])(NAME|NNNN|TARGET)(?![A-Z])")  # `cmd_NAME.c`: not a file but how files are named
LINK = re.compile(r"\]\(([^)\s]+)\)")


def pages():
    """Every *.md below the sources, but for what is built there."""
    found = []
    for folder, inside, names in os.walk(SOURCE):
        inside[:] = sorted(name for name in inside if not name.startswith((".", "build")))
        found += [os.path.relpath(os.path.join(folder, name), SOURCE) for name in sorted(names) if name.endswith(".md")]
    return found


def read(page):
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        return file.read()


def without_code(text):
    """Lines that are not code, by number: an indented or fenced block may hold anything."""
    fenced, found = False, []
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and not line.startswith("    "):
            found.append((number, line))
    return found


def anchors(page):
    """What a page's headings are called in links, as GitHub makes it: small letters, blanks as dashes, no signs."""
    found = set()
    for _, line in without_code(read(page)):
        heading = re.match(r"#+ +(.*?) *$", line)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).lower()
            name = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            again = 0
            while (name if not again else f"{name}-{again}") in found:
                again += 1
            found.add(name if not again else f"{name}-{again}")
    return found


def look_at_link(page, target):
    """What is wrong with it; None: nothing."""
    if re.match(r"[a-z]+:", target):
        return None
    path, _, part = target.partition("#")
    path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
    if path.startswith("..") or not os.path.exists(os.path.join(SOURCE, path)):
        return f"{target}: is not there"
    if part and path.endswith(".md") and part not in anchors(path):
        return f"{target}: {path} has no such heading"
    return None


def look(page):
    """What is wrong, a line each."""
    wrong = []
    for number, line in without_code(read(page)):
        faults = [look_at_link(page, target) for target in LINK.findall(line)]
        faults += [f"{path}: is not there" for path in PATH.findall(line)
                   if not PLACEHOLDER.search(path) and not os.path.exists(os.path.join(SOURCE, path))]
        wrong += [f"{page}:{number}: {fault}" for fault in faults if fault]
    return wrong


def main():
    found = pages()
    wrong = [fault for page in found for fault in look(page)]
    lines = read("README.md").count("\n")
    if lines > README_LINES_MAX:
        wrong.append(f"README.md has {lines} lines; at most {README_LINES_MAX}: what is more goes to docs/")
    print("\n".join(wrong))
    print(f"{len(found)} pages, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
