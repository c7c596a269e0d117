"""What fupin's sources say of its command line: the subcommands of subcommands.c's table, and the options of each from its
table for args_parse(), with the macros that they share."""
import glob
import os
import re

from places import SOURCE

CLIENT = os.path.join(SOURCE, "client")
# Which options stand in which function: fupin watch --compliance is read by another one.
ALSO = {"watch": ["rule_watch"]}


def sources():
    """{file name: its text}, of all rooms."""
    found = {}
    for path in glob.glob(os.path.join(CLIENT, "**", "*.[ch]"), recursive=True):
        with open(path, encoding="utf-8") as file:
            found[os.path.basename(path)] = file.read()
    return found


def macros(texts):
    """TABLE_OPTIONS → its text, of all headers."""
    found = {}
    for name, text in texts.items():
        if name.endswith(".h"):
            for match in re.finditer(r"#define (\w+_OPTIONS?)\(\w+\)((?:[^\n]*\\\n)*[^\n]*)", text):
                found[match.group(1)] = match.group(2).replace("\\\n", " ").replace("\\", " ")
    return found


def options_in(text, known):
    """Names in order, and whether each takes a value."""
    found = {}
    for match in re.finditer(r'\{\s*"(--[a-z-]+)",\s*(NULL)?|\b(\w+_OPTIONS?)\(', text):
        if match.group(1):
            found[match.group(1)] = not match.group(2)
        elif match.group(3) in known:
            found.update(options_in(known[match.group(3)], known))
    return found


def function(name, texts):
    for source, text in texts.items():
        match = re.search(r"^%s\(int argc.*?^\}" % name, text, re.M | re.S)
        if match and source.endswith(".c"):
            return match.group(0)
    raise AssertionError("no function " + name)


def commands():
    """{"submit": {"--each": False, "--home": True, …}, …}: True if a value follows."""
    texts = sources()
    known = macros(texts)
    return {name: options_in("".join(function(one, texts) for one in [called] + ALSO.get(name, [])), known)
            for name, called in re.findall(r'\{"([\w-]+)",\s*(cmd_\w+)', texts["subcommands.c"])}


def centre():
    """(commands, {option: …}) of fupind, from options.c."""
    with open(os.path.join(SOURCE, "server", "boot", "options.c"), encoding="utf-8") as file:
        text = file.read()
    return re.findall(r'\{"(\w+)", COMMAND_', text), re.findall(r'\{"(--[a-z-]+)", "', text)
