"""Does every source file say what it holds? Reads sources, builds nothing.

A .c file of server/, client/, common/ and proto/ begins with a comment, or its header does: the .h of the same name in
the same folder. The comment is the first thing in the file and has three words at least."""
import os
import re
import sys

SOURCE = os.environ.get("FUPIN_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOUSES = ("server", "client", "common", "proto")
WORDS_LEAST = 3


def files():
    """Paths below SOURCE of what is checked."""
    found = []
    for house in HOUSES:
        for folder, _, names in os.walk(os.path.join(SOURCE, house)):
            found += [os.path.relpath(os.path.join(folder, name), SOURCE) for name in names if name.endswith(".c")]
    return sorted(found)


def head(path):
    """The words of the comment that begins the file; none if another thing begins it."""
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        text = file.read()
    comment = re.match(r"/\*(.*?)\*/", text, re.DOTALL)
    return re.findall(r"\w+", comment.group(1)) if comment else []


def main():
    sources = files()
    wrong = []
    for path in sources:
        header = path[:-2] + ".h"
        said = head(path)
        if len(said) < WORDS_LEAST and os.path.exists(os.path.join(SOURCE, header)):
            said = head(header)
        if len(said) < WORDS_LEAST:
            wrong.append(f"{path}: neither it nor its header begins with a comment that says what it holds")
    print("\n".join(wrong))
    print(f"{len(sources)} files, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
