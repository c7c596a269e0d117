"""Rows, medians, and how they are shown: a table for people, JSON for programs."""
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys

import zmq

median = statistics.median


class Rows:
    """The rows in the order in which they were measured."""

    def __init__(self):
        self.rows = []

    def add(self, name, what, value, unit, goal="", met=None, **more):
        self.rows.append(dict({"id": name, "what": what, "value": rounded(value), "unit": unit, "goal": goal,
                               "met": met}, **{key: rounded(item) for key, item in more.items()}))


def rounded(value):
    """Four digits are more than any of these figures is good for."""
    if not isinstance(value, float):
        return value
    return round(value) if abs(value) >= 1000 else float(f"{value:.4g}")


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def machine():
    model = re.search(r"model name\s*: (.*)", read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s+(\d+)", read("/proc/meminfo"))
    return {"cpu": model.group(1).strip() if model else platform.machine(), "cores": os.cpu_count(),
            "memory_mib": int(memory.group(1)) // 1024 if memory else None, "kernel": platform.release()}


def versions(postgres, fupind):
    answer = subprocess.run([fupind, "version"], capture_output=True, text=True, check=False)
    return {"fupin": answer.stdout.split()[-1] if answer.stdout else "?",
            "postgresql": postgres.sql("SHOW server_version")[0][0], "libzmq": zmq.zmq_version()}


SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "wal_level", "wal_sync_method", "shared_buffers",
            "max_wal_size", "checkpoint_timeout", "autovacuum")


def settings(postgres):
    return {name: postgres.sql("SHOW " + name)[0][0] for name in SETTINGS}


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def shown(value):
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(rows):
    met = {True: "yes", False: "NO", None: ""}
    lines = [("row", "value", "unit", "goal", "met", "what")]
    lines += [(row["id"], shown(row["value"]), row["unit"], row["goal"], met[row["met"]], row["what"])
              for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(5)]
    made = []
    for line in lines:
        cells = [line[i].rjust(widths[i]) if i == 1 else line[i].ljust(widths[i]) for i in range(5)]
        made.append("  ".join(cells + [line[5]]).rstrip())
    return "\n".join(made)


def write_json(path, document):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=1)
        file.write("\n")


CURVE_LINES = 12


def curve_table(curve):
    """Of many samples every so many, and the last."""
    step = (len(curve) + CURVE_LINES - 1) // CURVE_LINES
    lines = ["| " + " | ".join(curve[0]) + " |", "|" + "---:|" * len(curve[0])]
    lines += ["| " + " | ".join(shown(rounded(value)) for value in one.values()) + " |"
              for one in curve[step - 1::step] + (curve[-1:] if len(curve) % step else [])]
    return "\n".join(lines)


def markdown(document):
    """The table as docs/performance.md has it."""
    met = {True: "yes", False: "**no**", None: ""}
    facts = [f"{document['mode']} run of {document['date']}"]
    facts += [", ".join(f"{key} {value}" for key, value in document[name].items())
              for name in ("machine", "versions", "settings", "seconds")]
    lines = ["; ".join(facts), "", "| row | value | unit | goal | met | what |", "|---|---:|---|---|---|---|"]
    lines += [f"| `{row['id']}` | {shown(row['value'])} | {row['unit']} | {row['goal']} | {met[row['met']]} | "
              f"{row['what']} |" for row in document["rows"]]
    for name, curve in document["curves"].items():
        lines += ["", f"`{name}`, of {len(curve)} samples:", "", curve_table(curve)]
    return "\n".join(lines)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as rows_file:
        print(markdown(json.load(rows_file)))
