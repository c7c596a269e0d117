"""libfupin from C, with nothing but what is installed: fupin.h, the shared library, its pkg-config file."""
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import unittest

import openpyxl

from documents import PART, pdf
from harness import BUILD, SLOW, CentreTest, copy_plan, new_directory
from installed import LIBRARY_C, Installed
from project_sheets import FUNDS, ROAD
from proxy import Proxy
from relay import Relay, fund_sheet
import fupin_pb2 as pb

COUNTY, OTHER = 222403, 220122
HEADER = "unit,period,people_lifted,households_lifted,registered_people\n"
EXPORTED = ["ask", "cancel", "cell", "cell_of", "check", "close", "column", "connect", "deadline", "dispatch", "extend",
            "fd", "fetch_document", "figure", "find", "fund", "mark", "open", "returned", "review", "send", "send_document", "standing", "submit", "total", "version", "watch"]


class LibraryTest(CentreTest):
    CLOCK, PLAN = "2014-01-10T09:00", {}

    @classmethod
    def setUpClass(cls):
        cls.options = {"options": ("--clock", cls.CLOCK), "plan": copy_plan(os.path.join(new_directory(), "plan"), **cls.PLAN)}
        super().setUpClass()
        cls.installed = Installed()
        cls.program = cls.installed.compile(LIBRARY_C)

    def setUp(self):
        self.directory = new_directory()
        self.county, self.other = (self.centre.offices[f"county-{unit}"] for unit in (COUNTY, OTHER))
        self.province, self.admin = (self.centre.offices[name] for name in ("province", "admin"))

    def start(self, home, *words):
        # What is freed is overwritten, so that whoever still reads it is found out.
        process = subprocess.Popen([self.program, home, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=self.directory, env=dict(os.environ, MALLOC_PERTURB_="85"))
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def run_library(self, home, *words):
        """The lines that were printed, without ids."""
        out, errors = self.start(home, *words).communicate(timeout=150 * SLOW)
        self.assertNotRegex(errors, "Sanitizer|runtime error")
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", out).splitlines()

    def sheet(self, name, *rows):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(HEADER + "".join(f"{row}\n" for row in rows))
        return name

    def dead_line(self, office):
        """The office's home with an address where nobody answers; mended at the end of the test."""
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        ini = os.path.join(office.home, "fupin.ini")
        with open(ini, encoding="utf-8") as file:
            before = file.read()
        with open(ini, "w", encoding="utf-8") as file:
            file.write(before.replace(self.centre.endpoint, f"tcp://127.0.0.1:{silent.getsockname()[1]}"))

        def mend():
            with open(ini, "w", encoding="utf-8") as file:
                file.write(before)
        self.addCleanup(mend)
        return mend


(UNITS, FORMS, COMPLETENESS, LATE, REPORTS, HISTORY, TARGETS, APPRAISAL, COMPLIANCE, BALANCES, ENTRIES, TRACE, PROJECTS, DOCUMENTS, ENROLMENTS,
 OFFICES) = range(1, 17)


def without_more(cell, like):
    """A cell of the library has every column of a nested row, the program's JSON those that the row has."""
    if isinstance(like, list) and like and isinstance(like[0], dict):
        return [{name: without_more(row[name], value) for name, value in object.items()} for row, object in zip(cell, like)]
    if isinstance(like, list) and isinstance(cell, list):  # of bare values
        return [row[""] for row in cell]
    if isinstance(like, dict) and isinstance(cell, list):
        if cell and set(like) <= set(cell[0]):
            return without_more(cell, [like])[0]
        named = {list(row.values())[0]: row for row in cell}  # the first column is the name
        return {name: without_more([named[name]], value) if isinstance(value, dict) else list(named[name].values())[1]
                for name, value in like.items()}
    return cell


class Surface(LibraryTest):
    def test_installed(self):
        for path in ("bin/fupind", "bin/fupin", "share/fupin/plan-2013/units.csv", "share/fupin/migrations/0001_base.sql", "share/fupin/grants.sql",
                     "share/fupin/fupin.proto", "include/fupin.h"):
            self.assertTrue(os.path.exists(os.path.join(self.installed.path, path)), path)

    def test_exported_symbols(self):
        """fupin_* of the header, and nothing else."""
        library = os.path.join(self.installed.libraries, "libfupin.so")
        listed = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
        names = sorted(line.split()[-1] for line in listed.splitlines() if line.split()[-2] in "TDBRVW")
        sanitizers = [name for name in names if name.startswith(("__asan", "__ubsan", "__tsan", "__sanitizer", "_init", "_fini"))]
        self.assertEqual([name for name in names if name not in sanitizers], ["fupin_" + name for name in EXPORTED])
        with open(self.installed.header, encoding="utf-8") as file:
            text = file.read()
        declared = sorted(re.findall(r"FUPIN_API [^;(]*?fupin_(\w+)\(", text))
        self.assertEqual(declared, EXPORTED)
        code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        self.assertNotRegex(code, "zmq|sqlite|pthread|protobuf")

    def test_abi(self):
        """What a program was compiled with keeps its place: a line of fupin.abi never changes, new ones are added."""
        with open(self.installed.header, encoding="utf-8") as file:
            code = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        lines = []
        for name, body in re.findall(r"(?:^|\n)struct (fupin_\w+) \{(.*?)\n\};", code, re.S):
            for field in re.findall(r"(\w+)\s*[,;]", body):
                lines.append(f'printf("{name}.{field} %zu %zu\\n", offsetof(struct {name}, {field}), sizeof(((struct {name} *)0)->{field}));')
        for body in re.findall(r"\nenum[ \w]*\{(.*?)\};", code, re.S):
            lines += [f'printf("{value} %d\\n", {value});' for value in re.findall(r"(FUPIN_\w+)", body)]
        source = os.path.join(self.directory, "abi.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write("#include <fupin.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n" + "\n".join(lines) + "\n}\n")
        found = subprocess.run([self.installed.compile(source)], check=True, capture_output=True, text=True).stdout.splitlines()
        with open(os.path.join(os.path.dirname(__file__), "fupin.abi"), encoding="utf-8") as file:
            known = file.read().splitlines()
        self.assertGreater(len(known), 120)
        self.assertEqual([line for line in known if line not in found], [], "a compiled program would go wrong")
        self.assertEqual([line for line in found if line not in known], [], "to be added to fupin.abi")

    def test_header(self):
        """Alone, by the letter of C11, and from C++."""
        for compiler, language, standard in ((os.environ.get("FUPIN_CC", "cc"), "c", "c11"), ("c++", "c++", "c++17")):
            subprocess.run([compiler, "-x", language, "-std=" + standard, "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-"],
                           input=f'#include "{self.installed.header}"\nstruct fupin_query q = FUPIN_QUERY_INIT;\n', text=True, check=True)


class Online(LibraryTest):
    def test_submit(self):
        sheet = self.sheet("sheet.csv", f"{COUNTY},2013-01,77,20,900")
        lines = self.run_library(self.county.home, f"submit:{sheet}", "end", f"submit:{sheet}", "end", f"total:{COUNTY}:people_lifted", "end")
        self.assertRegex("\n".join(lines), rf"""^1 saved ID sheet.csv seq 0 reports 0 entries 0
1 receipt ID sheet.csv seq (\d+) reports 1 entries 0
1 ended 0\x20
2 saved ID sheet.csv seq 0 reports 0 entries 0
2 receipt ID sheet.csv seq \1 reports 1 entries 0
2 ended 0\x20
3 figures 1 whole 1: {COUNTY} \S+ people_lifted \d+ reported \d+ seq 1
3 ended 0\x20$""")
        self.assertEqual(self.centre.sql("SELECT count(*) FROM report WHERE unit = %s AND period = 201301", COUNTY), [(1,)])

    def test_problems_here(self):
        sheet = self.sheet("bad.csv", f"{COUNTY},2013-02,-1,20,900")
        lines = self.run_library(self.county.home, f"check:{sheet}", "end", f"submit:{sheet}", "end")
        problem = "problem VALUE_TOO_SMALL bad.csv||2||people_lifted 脱贫人口: -1 is less than the least allowed, 0"
        self.assertEqual(lines[:2], ["1 " + problem, "1 ended 3 the data has problems: nothing was saved"])
        self.assertEqual(lines[2:], ["2" + line[1:] for line in lines[:2]])
        chinese = self.run_library(self.county.home, "language:zh", f"check:{sheet}", "end")
        self.assertRegex(chinese[1], "1 ended 3 数据有问题")
        good = self.run_library(self.county.home, "check:" + self.sheet("good.csv", f"{COUNTY},2013-02,1,20,900"), "end")
        self.assertEqual(good, ["1 checked  good.csv seq 0 reports 1 entries 0", "1 ended 0 "])

    def test_refused_by_the_centre(self):
        first, second = (self.sheet(f"{n}.csv", f"{COUNTY},2013-03,{n},1,900") for n in (1, 2))
        lines = self.run_library(self.county.home, f"submit:{first}", f"submit:{second}", "end")
        self.assertIn("1 ended 0 ", lines)
        i = lines.index("2 ended 3 the centre refused it: nothing was stored")
        self.assertRegex(lines[i - 2], r"2 problem REVISION_CONFLICT 2.csv\|\|2\|\|replaces: the centre's current revision is 1.* \(of a submission\)")
        self.assertRegex(lines[i - 1], "2 refused ID 2.csv")

    def test_what_does_not_exist(self):
        lines = self.run_library(self.county.home, f"total:{COUNTY}:nothing", "total:22:people_lifted", "find:0190b3c4-0000-7000-8000-000000000000",
                                 "find:x", "submit:missing.csv", "end")
        self.assertIn("1 ended 2 nothing: not an indicator of this plan", lines)
        self.assertTrue(any(line.startswith("2 problem UNIT_OUT_OF_SCOPE") for line in lines), lines)
        self.assertIn("3 ended 2 the centre has no such submission", lines)
        self.assertIn("0 not begun", lines)
        self.assertTrue(any(line.startswith("4 problem FILE_UNREADABLE missing.csv") for line in lines), lines)

    def test_funds(self):
        """Where money is, at once and as it changes; the names and sums are the program's."""
        sheets = [fund_sheet(self.county, f"库-{n}", f"{n},000.00") for n in (1, 2)]
        watched = self.start(self.county.home, f"fundwatch:{COUNTY}:people_lifted", "wait:figures", "cancel:9", "wait:funds 1 ", "cancel:1", "end")
        for line in watched.stdout:
            if line == "cancel -1\n":
                break
        lines = self.run_library(self.county.home, *(f"submit:{sheet}" for sheet in sheets), "end", f"funds:{COUNTY}:people_lifted", "end")
        rows = [re.sub(r"as of \d+", "as of SEQ", line) for line in lines if " funds " in line]
        self.assertEqual(rows, [f"3 funds 1 as of SEQ: raised/sector//3/300000/2 of {COUNTY} 敦化市"])
        pushed = watched.communicate(timeout=150 * SLOW)[0]
        self.assertRegex(pushed, rf"1 funds 1 as of \d+: raised/sector//3/(100000/1|300000/2) of {COUNTY} 敦化市\n")
        shown = json.loads(self.county.run("total", str(COUNTY), "--json", check=0).stdout)
        self.assertEqual(shown["whole"]["funds"],
                         [{"kind": "raised", "source": "sector", "use": "", "level": "county", "yuan": "3000.00", "entries": 2}])

    def test_as_of(self):
        """The total after an earlier commit, and of an earlier time; of the future none, and none to be watched."""
        self.run_library(self.county.home, "submit:" + self.sheet("before.csv", f"{COUNTY},2013-12,40,20,900"), "end")
        (seq, time_us), = self.centre.sql("SELECT seq, (extract(epoch FROM recorded_at) * 1000000)::bigint FROM submission ORDER BY seq DESC LIMIT 1")
        now = f"total:{COUNTY}:people_lifted"
        before = self.run_library(self.county.home, now, "end")[0]
        self.run_library(self.county.home, "submit:" + self.sheet("after.csv", f"{COUNTY},2013-11,7,3,900"), "end")
        lines = self.run_library(self.county.home, f"seq={seq}:{COUNTY}:people_lifted", f"until={time_us}:{COUNTY}:people_lifted", now, "end")
        said = {line.split(" ")[0]: line.split(" ", 1)[1] for line in lines if " figures " in line}
        self.assertEqual((said["1"], said["2"]), (before.split(" ", 1)[1],) * 2)
        self.assertNotEqual(said["3"], said["1"])
        lines = self.run_library(self.county.home, f"seq={seq + 1000}:{COUNTY}:people_lifted", f"seq={seq}watch:{COUNTY}:people_lifted", "end")
        self.assertIn("0 not begun", lines)
        self.assertRegex("\n".join(lines), "1 problem AS_OF_")

    def test_not_admitted(self):
        self.assertRegex(self.run_library(os.path.join(self.directory, "nowhere"))[0], "^open 5 .*fupin.ini")
        stranger = os.path.join(self.directory, "stranger")
        self.county.run("keygen", "--home", stranger, check=None)
        subprocess.run([os.path.join(BUILD, "fupin"), "keygen", "--home", stranger, "--name", "x", "--endpoint", self.centre.endpoint,
                        "--centre-key", self.centre.centre_key()], check=True, capture_output=True)
        self.assertEqual(self.run_library(stranger, "connect", "end"),
                         ["1 ended 5 the centre does not admit this office's key: ask its administrator"])

    def test_many_in_flight(self):
        """Beyond the credit window, of all kinds at once; beyond what a handle takes, it says so."""
        sheets = [self.sheet(f"m{month}.csv", f"{COUNTY},2013-{month:02},{month},1,900") for month in range(4, 8)]
        lines = self.run_library(self.county.home, "connect", f"300*total:{COUNTY}:", *(f"submit:{sheet}" for sheet in sheets), "40*standing",
                                 f"300*total:{COUNTY}:people_lifted", "end")
        self.assertEqual(len([line for line in lines if re.match(r"\d+ ended 0 $", line)]), 1 + 300 + 4 + 40 + 300)
        self.assertEqual(len([line for line in lines if " receipt " in line]), 4)
        self.assertEqual(self.centre.sql("SELECT period FROM report WHERE unit = %s AND period BETWEEN 201304 AND 201307 ORDER BY seq", COUNTY),
                         [(201304,), (201305,), (201306,), (201307,)])
        # While the centre stands still none ends.
        self.centre.process.send_signal(signal.SIGSTOP)
        try:
            process = self.start(self.county.home, f"1200*total:{COUNTY}:people_lifted", "cancel:0", "end")
            refused = sum(1 for _ in iter(process.stdout.readline, "cancel -1\n"))
        finally:
            self.centre.process.send_signal(signal.SIGCONT)
        self.assertEqual(refused, 1200 - 1024)
        lines = process.communicate(timeout=150 * SLOW)[0].splitlines()
        # A centre that is slow has more questions waiting than it takes from one office (BUSY): they end, with 4.
        ended = [int(status) for status in re.findall(r"(?m)^\d+ ended (\d)", "\n".join(lines))]
        self.assertEqual(len(ended), 1200 - refused, (process.returncode, lines[-5:]))
        self.assertEqual(set(ended) - ({0} if SLOW == 1 else {0, 4}), set())

    def test_watch(self):
        """A push for what another handle submits; after it is cancelled none."""
        self.run_library(self.other.home, "connect", "end")
        sheets = [self.sheet(f"w{n}.csv", f"{OTHER},2013-0{n},{n}0,1,900") for n in (2, 3, 4)]
        watch = self.start(self.other.home, f"watch:{OTHER}:people_lifted", "wait:figures", "wait:figures", "cancel:1", "wait:ended", "cancel:1",
                           f"submit:{sheets[2]}", "end", "close")
        self.assertRegex(watch.stdout.readline(), rf"1 figures 1 whole 1: {OTHER}")
        self.run_library(self.other.home, f"submit:{sheets[0]}", "end")
        rest = watch.communicate(timeout=60 * SLOW)[0].splitlines()
        self.assertRegex(rest[0], rf"1 figures 1 whole 0: {OTHER} \S+ people_lifted \d+ reported \d+ seq 1")
        self.assertEqual(rest[1:4], ["cancel 0", "1 ended 64 cancelled", "cancel -1"])
        self.assertFalse([line for line in rest[2:] if "figures" in line], rest)
        self.assertEqual(rest[-1], "closed within a second")

    def test_watch_over_a_broken_line(self):
        proxy = Proxy(self.centre.endpoint)
        self.addCleanup(proxy.close)
        mend = self.dead_line(self.other)
        mend()
        self.centre.tell_offices(proxy.endpoint)
        self.addCleanup(self.centre.tell_offices, self.centre.endpoint)
        watch = self.start(self.other.home, f"watch:{OTHER}:households_lifted", "wait:figures", "wait:figures", "close")
        self.assertRegex(watch.stdout.readline(), "1 figures 1 whole 1")
        proxy.change(refusing=True)
        proxy.break_all()
        self.centre.tell_offices(self.centre.endpoint)
        self.run_library(self.other.home, "submit:" + self.sheet("b.csv", f"{OTHER},2013-05,5,5,900"), "end")
        proxy.mend()
        rest = watch.communicate(timeout=60 * SLOW)[0].splitlines()
        self.assertRegex(rest[0], "1 figures 1 whole 1")
        self.assertEqual(rest[1], "closed within a second")

    def test_documents_go_with_their_files(self):
        """What the program could not send goes: files first, part by part, then the submission; a file that is gone is told."""
        proxy = Proxy(self.centre.endpoint)
        self.addCleanup(proxy.close)
        self.centre.tell_offices(proxy.endpoint)
        self.addCleanup(self.centre.tell_offices, self.centre.endpoint)
        paths = [os.path.join(self.directory, name) for name in ("plan.pdf", "gone.pdf")]
        for kind, path in zip(("plan", "acceptance"), paths):
            with open(path, "wb") as file:
                file.write(pdf(2 * PART + 7, path))
            proxy.change(up_cut_after=PART // 2)
            self.county.run("document", "send", kind, path, "--timeout", "2", check=4)
            proxy.mend()
        os.unlink(paths[1])
        lines = self.run_library(self.county.home, "send", "end")
        self.assertTrue(any(re.match(r"1 receipt ID .*plan.pdf seq [1-9]", line) for line in lines), lines)
        self.assertTrue(any(line.startswith("1 problem FILE_UNREADABLE") for line in lines), lines)
        self.assertIn("1 ended 3 the centre refused it: nothing was stored", lines)
        self.assertEqual(self.centre.sql("SELECT sum(octet_length(bytes)) FROM document_part JOIN document USING (digest) WHERE document.unit = %s", COUNTY),
                         [(2 * PART + 7,)])

    def save_document(self, name, size=2 * PART + 7):
        """Into the other county's outbox, and no further."""
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(pdf(size, path))
        with Relay(self.centre, self.other, lambda request, ask: None if request.WhichOneof("body") == "upload" else ask()):
            self.other.run("document", "send", "plan", path, "--timeout", "1", check=4)

    def test_a_file_holds_up_nothing_that_is_saved_later(self):
        self.save_document("long.pdf")

        def sheet(month):
            return self.sheet(f"beside{month}.csv", f"{OTHER},2013-{month:02},3,3,900")
        with Relay(self.centre, self.other, lambda request, ask: None if request.upload.part else ask()):
            lines = self.run_library(self.other.home, "send", f"total:{OTHER}:", "wait:figures", f"total:{OTHER}:", "wait:figures",
                                     *(word for n in (8, 9, 10, 11) for word in (f"submit:{sheet(n)}", "wait:receipt")), "close")
        self.assertEqual(lines[-1], "closed within a second")
        self.assertEqual(len([line for line in lines if re.match(r"\d receipt ID beside\d+.csv seq \d+", line)]), 4, lines)
        self.assertRegex("\n".join(self.run_library(self.other.home, "send", "end")), r"1 receipt ID .*long.pdf seq \d+")

    def test_a_centre_that_makes_no_sense(self):
        """Whatever it says of a file, the delivery ends, and nothing is lost."""
        self.save_document("strange.pdf")

        def has(request, received):
            return pb.Reply(uploaded=pb.Uploaded(digest=request.upload.digest, received=received))

        def forgets(request):
            if request.upload.offset:
                return pb.Reply(refusal=pb.Refusal(problems=[pb.Problem(code=pb.FILE_MISSING)]))
            return has(request, PART if request.upload.part else 0)
        answers = {"beyond": lambda request: has(request, 3 * PART), "crooked": lambda request: has(request, 7),
                   "idle": lambda request: has(request, 0), "forgets": forgets}
        for name, answer in answers.items():
            with self.subTest(name), Relay(self.centre, self.other, lambda request, ask: answer(request)  # pylint: disable=cell-var-from-loop
                                           if request.WhichOneof("body") == "upload" else ask()):
                said = "what the centre says that it has of a file makes no sense"
                self.assertRegex(self.run_library(self.other.home, "send", "end")[-1], f"^1 ended 1 .*{said}$")
                self.assertIn(said, self.other.run("outbox", "send", check=1).stderr)
        self.assertRegex("\n".join(self.run_library(self.other.home, "send", "end")), r"1 receipt ID .*strange.pdf seq \d+")

    def test_two_handles_in_two_threads(self):
        a = [self.sheet(f"a{n}.csv", f"{COUNTY},2013-{n:02},{n},1,900") for n in (8,)]
        b = [self.sheet(f"b{n}.csv", f"{OTHER},2013-{n:02},{n},1,900") for n in (6, 7)]
        lines = self.run_library(self.county.home, f"20*total:{COUNTY}:", *(f"check:{s}" for s in a), "standing", "end", "close", "--",
                                 self.other.home, *(f"submit:{s}" for s in b), f"20*total:{OTHER}:", "end", "--",
                                 self.other.home, "send", "fork", "standing", f"20*total:{OTHER}:", "end")
        self.assertIn("child 0", lines)
        self.assertEqual(len([line for line in lines if " receipt " in line and "sheet" not in line]) >= 2, True, lines)
        self.assertNotIn("0 not begun", lines)
        self.assertEqual(self.centre.sql("SELECT period FROM report WHERE unit = %s AND period IN (201306, 201307) ORDER BY seq", OTHER),
                         [(201306,), (201307,)])


class Questions(LibraryTest):
    CLOCK, PLAN = "2013-07-10T09:00", {"deadlines": True, "rules": True}

    def ask(self, office, question, *command, unit=COUNTY, key=None, **query):
        """The rows that the library brings are those of the program's JSON, value by value."""
        fields = ",".join(f"{name}={value}" for name, value in query.items())
        lines = self.run_library(office.home, f"ask:{question}:{unit}:{fields}", "end")
        rows = [json.loads(line[4:]) for line in lines if line.startswith("row ")]
        shown = json.loads(office.run(*command, "--json").stdout)
        shown = shown[key] if key else shown
        self.assertEqual(lines[-1], "1 ended 0 ", lines)
        self.assertEqual(len(rows), len(shown), lines)
        if question in (COMPLIANCE, APPRAISAL):  # the program shows the worst first, and the best
            rows, shown = (sorted(list, key=lambda row: (row.get("rule"), row["unit"])) for list in (rows, shown))
        for row, object in zip(rows, shown):
            self.assertEqual({name: without_more(row[name], value) for name, value in object.items()}, object)
        self.assertTrue(shown, command)
        return lines

    def test_every_question(self):
        county, other, province = self.county, self.other, self.province
        self.run_library(county.home, "submit:" + self.sheet("asked.csv", f"{COUNTY},2013-06,40,20,900"), "end")
        for name, text in (("road.csv", ROAD), ("funds.csv", FUNDS)):
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIn("1 ended 0 ", self.run_library(other.home, f"submit:{name}", "end"))
        june, year = {"from": 201306, "to": 201306}, {"from": 201301, "to": 201306}
        for office, question, command, options in (
                (county, UNITS, ("units",), {"unit": 0}),
                (province, UNITS, ("units", "--level", "county"), {"unit": 22, "by": 3}),
                (county, FORMS, ("forms",), {}),
                (county, COMPLETENESS, ("completeness", str(COUNTY), "2013-01..2013-06"), {"key": "rows", **year}),
                (province, COMPLETENESS, ("completeness", "22", "2013-06", "county", "--by", "prefecture"),
                 {"unit": 22, "key": "rows", "form": "county", "by": 2, **june}),
                (province, LATE, ("late", "2224", "2013-01..2013-06", "--all"), {"unit": 2224, "key": "duties", "all": 1, **year}),
                (county, REPORTS, ("review", "list", str(COUNTY), "2013-06", "--state", "all"), {"key": "reports", **june}),
                (county, REPORTS, ("review", "show", str(COUNTY), "2013-06", "county"), {"key": "reports", "values": 1, "form": "county", **june}),
                (county, HISTORY, ("history", str(COUNTY), "2013-06", "county"), {"form": "county", **june}),
                (province, TARGETS, ("target", "show", "22", "--year", "2013"), {"unit": 22, "year": 2013}),
                (province, APPRAISAL, ("appraisal", "22", "2013-06", "--by", "prefecture"), {"unit": 22, "key": "rows", "by": 2, **june}),
                (province, APPRAISAL, ("appraisal", "22", "2013-03"), {"unit": 22, "key": "rows", "to": 201303}),
                (province, COMPLETENESS, ("completeness", "22", "2013-01..2013-02"), {"unit": 22, "key": "rows", "to": 201302}),
                (province, COMPLIANCE, ("compliance", "2201", "--state", "red,not_judged"),
                 {"unit": 2201, "key": "findings", "states": "red+not_judged"}),
                (other, BALANCES, ("fund", "balance"), {"unit": OTHER}),
                (province, BALANCES, ("fund", "balance", "22", "--by", "county"), {"unit": 22, "by": 3}),
                (other, ENTRIES, ("fund", "ledger"), {"unit": OTHER, "limit": 2}),
                (other, TRACE, ("fund", "flow", str(OTHER), "--voucher", "R"), {"unit": OTHER, "voucher": "R", "key": "steps"}),
                (other, PROJECTS, ("project", "list"), {"unit": OTHER, "states": "under_way"}),
                (county, DOCUMENTS, ("document", "list"), {}),
                (self.admin, OFFICES, ("admin", "offices"), {"unit": 22, "all": 1})):
            with self.subTest(question=question, command=command):
                lines = self.ask(office, question, *command, **options)
                self.assertTrue(any(re.match(r"1 answer \w+ of \d+ rows, last 1, seq [01], first column ", line) for line in lines), lines)

    def test_decisions(self):
        """What the office above decides on what the row showed; a second decision on the same is refused."""
        self.run_library(self.other.home, "submit:" + self.sheet("decided.csv", f"{OTHER},2013-06,40,20,900"), "end")
        prefecture = self.centre.offices["prefecture-2201"]
        lines = self.run_library(prefecture.home, f"ask:{REPORTS}:{OTHER}:from=201306,to=201306", "end")
        row = json.loads(next(line for line in lines if line.startswith("row "))[4:])
        decide = f"review:{OTHER}:201306:{row['form']}:{row['revision']}:{row['step']}:2:wrong_figure:数字有误"
        lines = self.run_library(prefecture.home, decide, "end")
        self.assertTrue(any(re.match(r"1 receipt ID reviews \(1\) seq [1-9]", line) for line in lines), lines)
        self.assertEqual(lines[-1], "1 ended 0 ")
        self.assertIn("1 ended 3 the centre refused it: nothing was stored", self.run_library(prefecture.home, decide, "end"))
        shown, = json.loads(self.other.run("review", "show", str(OTHER), "2013-06", "county", "--json").stdout)["reports"]
        self.assertEqual((shown["state"], shown["reason"], shown["text"]), ("returned", "wrong_figure", "数字有误"))
        until = 1379520000  # 2013-09-19 00:00 in China
        lines = self.run_library(self.province.home, f"extend:{OTHER}:201306:county:2:{until}:洪水", f"extend:{OTHER}:201306:none:2:{until}:x",
                                 f"review:{OTHER}:201306:county:1:0:9:x:x", "end")
        self.assertTrue(any(re.match(r"1 receipt ID extensions \(1\) seq [1-9]", line) for line in lines), lines)
        self.assertIn("2 ended 2 there is no such thing", lines)
        self.assertIn("0 not begun", lines)
        events = json.loads(self.other.run("history", str(OTHER), "2013-06", "county", "--json").stdout)
        self.assertEqual([event.get("decision", event.get("event")) for event in events], [None, "return", "closed"])

    def test_documents(self):
        """To the centre, once; and back, whole or not at all."""
        path, back = os.path.join(self.directory, "方案.pdf"), os.path.join(self.directory, "back.pdf")
        with open(path, "wb") as file:
            file.write(pdf(3 * PART + 11))
        lines = self.run_library(self.county.home, f"document:plan:{path}", "end", f"document:plan:{path}", "end")
        self.assertIn(f"1 progress 方案.pdf {PART} of {3 * PART + 11}", lines)
        self.assertTrue(any(re.match(r"1 receipt ID document plan \S+方案.pdf seq [1-9]", line) for line in lines), lines)
        self.assertEqual(lines[-1], "2 ended 0 the centre has it already")
        lines = self.run_library(self.province.home, f"fetch:{COUNTY}:plan:0:{back}", f"fetch:{COUNTY}:plan:7:{back}.no", f"fetch:{COUNTY}:poem:0:{back}.no",
                                 "end")
        self.assertIn(f"1 progress 方案.pdf {3 * PART + 11} of {3 * PART + 11}", lines)
        self.assertIn("1 ended 0 ", lines)
        self.assertTrue(any(line.startswith("2 ended 3 ") for line in lines), lines)
        self.assertIn("3 ended 2 there is no such thing", lines)
        with open(path, "rb") as sent, open(back, "rb") as fetched:
            self.assertEqual(sent.read(), fetched.read())
        self.assertEqual([name for name in os.listdir(self.directory) if "no" in name], [])
        with open(path, "wb") as file:
            file.write(b"no document")
        lines = self.run_library(self.county.home, f"document:plan:{path}", "end")
        self.assertTrue(any(line.startswith("1 problem ") for line in lines) and lines[-1].startswith("1 ended 3 "), lines)

    def test_red_copy(self):
        book, red = os.path.join(self.directory, "book.xlsx"), os.path.join(self.directory, "red.xlsx")
        workbook = openpyxl.Workbook()
        for cells in (HEADER.strip().split(","), [COUNTY, "2013-06", -5, 20, 900]):
            workbook.active.append(cells)
        workbook.save(book)
        lines = self.run_library(self.county.home, f"mark:{book}:{red}", "end")
        self.assertTrue(any(line.startswith("1 problem ") for line in lines), lines)
        self.assertEqual(lines[-1], "1 ended 3 the data has problems: nothing was saved")
        self.assertTrue(openpyxl.load_workbook(red).active["C2"].comment.text)

    def test_what_is_cut_off_is_told(self):
        for limit, end in ((2, "2 rows, last 1, seq 1, first column code, cut off"), (1000, "rows, last 1, seq 1, first column code")):
            lines = self.run_library(self.county.home, f"ask:{LATE}:{COUNTY}:from=201301,to=201306,limit={limit}", "end")
            self.assertTrue(lines[-2].endswith(end), lines[-2:])

    def test_pages_while_the_plan_is_fetched(self):
        """What a question names is asked for on each page, also when the plan's next edition has come meanwhile."""
        for office, unit in ((self.county, COUNTY), (self.other, OTHER)):
            self.run_library(office.home, "submit:" + self.sheet("page.csv", f"{unit},2013-06,40,20,900"), "end")
        self.run_library(self.province.home, "connect", "end")

        def change(request, ask):
            if request.WhichOneof("body") == "catalogue":
                relay.wait_for_next()  # the question is made by the plan that is kept
            return ask()
        with Relay(self.centre, self.province, change) as relay:
            lines = self.run_library(self.province.home, "connect", f"ask:{REPORTS}:22:form=county,limit=1,from=201306,to=201306", "end")
        self.assertIn("2 ended 0 ", lines)
        self.assertEqual(len([line for line in lines if line.startswith("row ")]), 2, lines)

    def test_questions_that_name_nothing(self):
        lines = self.run_library(self.county.home, f"ask:{COMPLETENESS}:{COUNTY}:form=nothing", f"ask:999:{COUNTY}:", f"ask:{DOCUMENTS}:{COUNTY}:document=no",
                                 f"ask:{UNITS}:0:group=no", f"ask:{DOCUMENTS}:{COUNTY}:states=late", f"ask:-1:{COUNTY}:", "end")
        for number in "123456":
            self.assertIn(f"{number} ended 2 there is no such thing", lines)


class Offline(LibraryTest):
    def setUp(self):
        super().setUp()
        self.run_library(self.county.home, "connect", "end")
        self.mend = self.dead_line(self.county)

    def waiting(self):
        with sqlite3.connect(os.path.join(self.county.home, "outbox.db")) as outbox:
            return outbox.execute("SELECT count(*) FROM submission WHERE state = 0").fetchone()[0]

    def test_saved_and_sent_later(self):
        sheet = self.sheet("later.csv", f"{COUNTY},2013-09,7,20,900")
        bad = self.sheet("bad.csv", f"{COUNTY},2013-09,x,20,900")
        lines = self.run_library(self.county.home, "timeout:500", "standing", "wait:stands", f"check:{bad}", "wait:problem NUMBER_INVALID", f"submit:{sheet}",
                                 "wait:saved", f"total:{COUNTY}:", "end")
        self.assertIn("3 ended 4 saved in the outbox, not yet sent", lines)
        self.assertIn("4 ended 4 the centre does not answer", lines)
        self.assertIn("1 ended 4 the centre does not answer", lines)
        self.assertFalse([line for line in lines if "receipt" in line])
        self.assertEqual(self.waiting(), 1)
        self.mend()
        lines = self.run_library(self.county.home, "standing", "wait:stands waiting 1 centre 0", "send", "end", "standing", "end")
        self.assertTrue([line for line in lines if re.match(r"2 receipt ID later.csv seq \d+ reports 1", line)], lines)
        self.assertRegex(lines[-2], "3 stands waiting 0 centre 1")
        self.assertEqual(self.centre.sql("SELECT count(*) FROM report WHERE unit = %s AND period = 201309", COUNTY), [(1,)])

    def test_cancelled(self):
        """What was saved stays; the operation has no more events."""
        sheet = self.sheet("cancel.csv", f"{COUNTY},2013-10,7,20,900")
        lines = self.run_library(self.county.home, f"submit:{sheet}", "wait:saved", "cancel:1", "end")
        self.assertEqual(lines[1:], ["cancel 0", "1 ended 64 cancelled"])
        self.assertEqual(self.waiting(), 1)
        self.mend()
        lines = self.run_library(self.county.home, "send", "end")
        self.assertEqual(lines[-1], "1 ended 0 ")

    def test_close_with_a_dead_line(self):
        sheet = self.sheet("close.csv", f"{COUNTY},2013-11,7,20,900")
        lines = self.run_library(self.county.home, "timeout:-1", "connect", f"watch:{COUNTY}:", f"submit:{sheet}", "wait:saved", "close")
        self.assertEqual(lines[1:], ["closed within a second"])
        self.assertEqual(self.waiting(), 1)
        # Also while somebody else holds the outbox.
        with sqlite3.connect(os.path.join(self.county.home, "outbox.db"), isolation_level=None) as outbox:
            outbox.execute("BEGIN IMMEDIATE")
            lines = self.run_library(self.county.home, "timeout:-1", "standing", "wait:stands", "submit:" + self.sheet("held.csv", f"{COUNTY},2013-12,7,20,900"),
                                     "close")
            outbox.execute("ROLLBACK")
        self.assertEqual(lines[-1], "closed within a second")
        self.mend()
        self.assertEqual(self.run_library(self.county.home, "send", "end")[-1], "1 ended 0 ")

    def test_first_time_without_a_line(self):
        os.rename(os.path.join(self.county.home, "centre.kept"), os.path.join(self.directory, "kept"))
        sheet = self.sheet("first.csv", f"{COUNTY},2013-12,7,20,900")
        lines = self.run_library(self.county.home, "timeout:300", f"submit:{sheet}", "end")
        self.assertRegex(lines[0], "^1 ended 4 this office has to reach the centre once")

    def test_delivered_by_somebody_else(self):
        """The receipt that another program fetched is this operation's, too."""
        sheet = self.sheet("other.csv", f"{COUNTY},2013-08,9,20,900")
        waiting = self.start(self.county.home, "timeout:-1", f"submit:{sheet}", "wait:saved", "end")
        self.assertRegex(waiting.stdout.readline(), "1 saved")
        self.mend()
        self.county.run("outbox", "send", check=0)
        lines = waiting.communicate(timeout=30 * SLOW)[0].splitlines()
        self.assertRegex(lines[0], r"1 receipt .* other.csv seq \d+ reports 1")
        self.assertEqual(lines[1:], ["1 ended 0 "])


if __name__ == "__main__":
    unittest.main()
