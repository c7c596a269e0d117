"""Builds a copy of the sources so that one changed file is cheap: rooms are shared libraries without optimisation, so
a mutant is one compilation and one link, and the unit tests stay as they are."""
import glob
import json
import os
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor


# Mutants are compiled with these, as the unit tests of scripts/test.sh are: who reads past an array has been found.
SANITIZED = ["-fsanitize=address,undefined", "-fsanitize-undefined-trap-on-error"]


class Failed(Exception):
    pass


def run(words, cwd=None, env=None):
    done = subprocess.run(words, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, words))}\n{done.stdout.decode(errors='replace')}")


def copy_sources(source, to):
    """The files that git knows, or would; what did not change keeps its time, so that little is built again."""
    listed = subprocess.run(["git", "-C", source, "ls-files", "-co", "--exclude-standard", "-z"], check=True,
                            stdout=subprocess.PIPE).stdout.decode().split("\0")
    wanted = {name for name in listed if name and os.path.isfile(os.path.join(source, name))}
    for name in sorted(wanted):
        with open(os.path.join(source, name), "rb") as file:
            content = file.read()
        path = os.path.join(to, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                if file.read() == content:
                    continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        shutil.copymode(os.path.join(source, name), path)
    for folder, _, names in os.walk(to):
        for name in names:
            if os.path.relpath(os.path.join(folder, name), to) not in wanted:
                os.remove(os.path.join(folder, name))


class Tree:
    """A built tree: how each source is compiled into which library or test, and how that is linked."""

    def __init__(self, source, directory, flags, targets, jobs):
        self.source, self.directory = source, directory
        run(["cmake", "-S", source, "-B", directory, "-G", "Unix Makefiles", "-DFUPIN_SHARED_ROOMS=ON",
             "-DCMAKE_BUILD_TYPE=Plain", f"-DCMAKE_C_FLAGS=-O0 -w {flags}"])
        run(["cmake", "--build", directory, "--target", *targets, "-j", str(jobs)])
        self.paths = {os.path.basename(path): path
                      for path in glob.glob(os.path.join(directory, "tests", "unit", "*", "unit_*"))
                      if os.access(path, os.X_OK) and os.path.isfile(path)}
        self.tests = sorted(self.paths)
        self.compiled = {}  # file → [(words, folder, object's path, link)]
        links = self.find_links()
        with open(os.path.join(directory, "compile_commands.json")) as file:
            for entry in json.load(file):
                words = shlex.split(entry["command"])
                made = os.path.join(entry["directory"], words[words.index("-o") + 1])
                if made in links:
                    name = os.path.relpath(entry["file"], source)
                    self.compiled.setdefault(name, []).append((words, entry["directory"], made, links[made]))

    def find_links(self):
        """Each object of a shared room or a unit test → (words, folder) of the command that links it."""
        links = {}
        for folder, _, names in os.walk(self.directory):
            target = os.path.basename(folder)
            if "link.txt" not in names or not target.startswith(("fupin_", "unit_", "common_", "server_", "client_")):
                continue
            base = os.path.dirname(os.path.dirname(folder))
            with open(os.path.join(folder, "link.txt")) as file:
                words = shlex.split(file.readline())
            for word in words:
                if word.endswith(".o"):
                    links[os.path.join(base, word)] = (words, base)
        return links

    def path(self, test):
        return self.paths[test]

    def make_mutant(self, name, text, room, sanitized):
        """Compiles the file with this text and links what holds it into `room`. False: it does not compile."""
        more, link_more = (SANITIZED, ["-fsanitize=address"]) if sanitized else ([], [])
        shutil.rmtree(room, ignore_errors=True)
        os.makedirs(room)
        changed = os.path.join(room, os.path.basename(name))
        with open(changed, "w") as file:
            file.write(text)
        folder_of_source = os.path.dirname(os.path.join(self.source, name))
        for number, (words, folder, made, (link, base)) in enumerate(self.compiled[name]):
            new = os.path.join(room, f"{number}.o")
            words = words[:words.index("-o")] + more + ["-iquote", folder_of_source, "-o", new, "-c", changed]
            if subprocess.run(words, cwd=folder, stderr=subprocess.DEVNULL).returncode:
                return False
            link = [new if os.path.join(base, word) == made else word for word in link] + link_more
            at = link.index("-o") + 1
            link[at] = os.path.join(room, os.path.basename(link[at]))
            run(link, cwd=base)
        return True

    def environment(self, room, sanitized):
        """What a test is run with so that it takes what was linked into `room`."""
        if not sanitized:
            return dict(os.environ, LD_LIBRARY_PATH=room)
        library = subprocess.run(["gcc", "-print-file-name=libasan.so"], stdout=subprocess.PIPE).stdout.decode().strip()
        return dict(os.environ, LD_LIBRARY_PATH=room, LD_PRELOAD=library,
                    ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1:hard_rss_limit_mb=3000")

    def optimised(self, name, text, room):
        """The machine code of the file with this text, optimised: equal code is the same program."""
        changed = os.path.join(room, "x.c")
        with open(changed, "w") as file:
            file.write(text)
        words, folder, _, _ = self.compiled[name][0]
        new = os.path.join(room, "x.o")
        words = words[:words.index("-o")] + ["-w", "-O2", "-iquote", os.path.dirname(os.path.join(self.source, name)),
                                             "-frandom-seed=0", "-o", new, "-c", changed]
        if subprocess.run(words, cwd=folder, stderr=subprocess.DEVNULL).returncode:
            return None
        with open(new, "rb") as file:
            return file.read()


# ---------------------------------------------------------------- what each test executes

def executed_by(tree, traced, test, scratch, made_of):
    """{file: {line: times}} of one run of a test with the traced rooms in the place of the plain ones."""
    store, out = os.path.join(scratch, test), {}
    shutil.rmtree(store, ignore_errors=True)
    os.makedirs(store)
    subprocess.run([tree.path(test)], cwd=store, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600,
                   env=dict(os.environ, GCOV_PREFIX=store, LD_LIBRARY_PATH=traced.directory))
    found = []
    for made in made_of.values():
        data = store + made[:-len(".o")] + ".gcda"
        if os.path.isfile(data):
            os.symlink(made[:-len(".o")] + ".gcno", data[:-len(".gcda")] + ".gcno")
            found.append(data)
    text = subprocess.run(["gcov", "--json-format", "--stdout"] + found, cwd=store, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout if found else b""
    for document in text.splitlines():
        for part in json.loads(document)["files"]:
            lines = out.setdefault(os.path.relpath(os.path.join(traced.source, part["file"]), traced.source), {})
            for line in part["lines"]:
                lines[line["line_number"]] = lines.get(line["line_number"], 0) + line["count"]
    shutil.rmtree(store, ignore_errors=True)
    return out


def executed(tree, traced, scratch, files, jobs):
    """{file: {line: {test, …}}}; a line that no test executes, but that has code, has an empty set. A file that is
    no room's, but compiled into tests, is executed by all of those."""
    # Only rooms are built traced: what tests compile by themselves has a command there, and no object.
    made_of = {name: traced.compiled[name][0][2] for name in files
               if name in traced.compiled and os.path.isfile(traced.compiled[name][0][2])}
    with ThreadPoolExecutor(jobs) as pool:
        runs = list(pool.map(lambda test: executed_by(tree, traced, test, scratch, made_of), tree.tests))
    out = {name: {} for name in files}
    for name in files:
        if name not in made_of:
            out[name][0] = {os.path.basename(link[0][link[0].index("-o") + 1]) for *_, link in tree.compiled[name]}
    for test, lines_of in zip(tree.tests, runs):
        for name in set(lines_of) & set(made_of):
            for line, times in lines_of[name].items():
                tests = out[name].setdefault(line, set())
                if times:
                    tests.add(test)
    return out
