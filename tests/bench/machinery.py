"""What the benchmark runs on: a private PostgreSQL, fupind, and the load generator's processes. Each is
ended by its process id, whatever happens."""
import contextlib
import glob
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import psycopg2

BUILD = os.environ.get("FUPIN_BUILD", "")
FUPIND = os.path.join(BUILD, "fupind")
FUPIN = os.path.join(BUILD, "fupin")
GENERATOR = os.path.join(BUILD, "tests", "bench", "fupin-bench")
START_SECONDS = 120
SLOW = 10 if os.environ.get("FUPIN_SLOW") else 1  # sanitizers
# For `fupind verify` alone: its big sums need not go through the disk, nor sort (the planner knows too little).
VERIFY_SETTINGS = "-c work_mem=256MB -c enable_sort=off -c jit=off"


class BenchError(Exception):
    """Something was wrong: the figures are worth nothing."""


def pause(seconds=0.005):
    """The breath between two looks at a condition."""
    time.sleep(seconds)


def wait_for(what, condition, seconds=START_SECONDS):
    until = time.monotonic() + seconds * SLOW
    while not condition():
        if time.monotonic() > until:
            raise BenchError("waited in vain for " + what)
        pause()


def as_user(name):
    """Words that make a command run as somebody else and end with us."""
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        words += ["--reuid=" + name, "--regid=" + name, "--init-groups"]
    return words


def database_user():
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def on_disk(path):
    kind = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=False)
    return kind.returncode == 0 and kind.stdout.strip() not in ("tmpfs", "ramfs") and os.access(path, os.W_OK)


def new_directory(wanted=None):
    """A directory on a disk: in memory fsync would cost nothing."""
    places = [wanted] if wanted else [os.environ.get("TMPDIR", "/var/tmp"), "/var/tmp", "/tmp", BUILD]
    for place in places:
        if os.path.isdir(place) and on_disk(place):
            path = tempfile.mkdtemp(prefix="fupin-bench-", dir=place)
            os.chmod(path, 0o755)  # PostgreSQL's user has to get through
            return path
    raise BenchError("no place on a disk for the database; say one with --dir")


class Processes:
    """All that was started and may still run."""

    def __init__(self):
        self.running = []

    def start(self, words, end_with=signal.SIGTERM, **how):
        process = subprocess.Popen(words, start_new_session=True, **how)
        self.running.append((process, end_with))
        return process

    def end(self, process):
        for entry in self.running[:]:
            if entry[0] is process:
                self._end(*entry)
                self.running.remove(entry)

    def end_all(self):
        while self.running:
            self._end(*self.running.pop())

    @staticmethod
    def _end(process, end_with):
        if process.poll() is None:
            process.send_signal(end_with)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                say(f"process {process.pid} did not end in a minute: {process.args}")
                process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


class Postgres:
    """A server of our own: default durability, Unix socket only."""

    def __init__(self, processes, directory):
        self.processes = processes
        self.directory = os.path.join(directory, "pg")
        self.bin = max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
        self.user = database_user()
        os.mkdir(self.directory, 0o700)
        if os.geteuid() == 0:
            shutil.chown(self.directory, self.user, self.user)
        self.data = os.path.join(self.directory, "data")
        subprocess.run(as_user(self.user) + [os.path.join(self.bin, "initdb"), "-D", self.data, "-A", "trust",
                                             "-U", self.user, "-E", "UTF8", "--locale=C.UTF-8"],
                       check=True, capture_output=True, cwd=self.directory)
        self._start()

    def _start(self):
        with open(os.path.join(os.path.dirname(self.directory), "pg.log"), "ab") as log:
            self.process = self.processes.start(
                as_user(self.user) + [os.path.join(self.bin, "postgres"), "-D", self.data, "-c",
                                      "listen_addresses=", "-c", "unix_socket_directories=" + self.directory],
                end_with=signal.SIGINT, stdout=log, stderr=log, cwd=self.directory)

        def ready():
            if self.process.poll() is not None:
                raise BenchError("PostgreSQL did not start: see pg.log")
            try:
                self.connect("postgres").close()
                return True
            except psycopg2.OperationalError:
                return False
        wait_for("PostgreSQL", ready)

    def uri(self, database):
        return f"postgresql:///{database}?host={urllib.parse.quote(self.directory)}&user={self.user}"

    def connect(self, database):
        connection = psycopg2.connect(host=self.directory, user=self.user, dbname=database)
        connection.autocommit = True
        return connection

    def sql(self, statement, database="postgres", values=None):
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def create(self, database, template="template1"):
        self.sql(f"CREATE DATABASE {database} TEMPLATE {template}")

    def drop(self, database):
        self.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def settle(self):
        """Everybody starts with an empty write-ahead log and clean buffers."""
        self.sql("CHECKPOINT")


class Centre:
    """A running fupind on a database of the server."""

    def __init__(self, processes, postgres, directory, database, name="centre"):
        self.processes, self.postgres, self.database = processes, postgres, database
        self.directory = directory
        self.data = os.path.join(directory, name)
        self.log_path = os.path.join(directory, "fupind.log")
        self.ready = os.path.join(self.data, "endpoint")
        # The database is made anew for each: of this one nothing was acknowledged yet.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.data, "acknowledged"))
        self.process = None
        self.endpoint = None
        self.start_seconds = None

    def words(self, command):
        return [FUPIND, command, "--data", self.data, "--db", self.postgres.uri(self.database)]

    def run(self, command, *words):
        result = subprocess.run(self.words(command) + list(words), capture_output=True, text=True, check=False,
                                env=dict(os.environ, PGOPTIONS=VERIFY_SETTINGS))
        if result.returncode != 0:
            raise BenchError(f"fupind {command}: exit {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def load(self, plan):
        os.makedirs(self.data, exist_ok=True)
        return self.run("load", "--plan", plan)

    def start(self):
        if os.path.exists(self.ready):
            os.unlink(self.ready)
        begin = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.process = self.processes.start(
                self.words("serve") + ["--endpoint", "tcp://127.0.0.1:*", "--ready-file", self.ready,
                                       "--with-parent", "yes"], stdout=log, stderr=log)

        def ready():
            if self.process.poll() is not None:
                raise BenchError("fupind did not start:\n" + self.log()[-2000:])
            return os.path.exists(self.ready)
        wait_for("fupind", ready)
        self.start_seconds = time.monotonic() - begin
        with open(self.ready, encoding="utf-8") as file:
            self.endpoint = file.read().strip()
        return self

    def beside(self):
        """Another fupind on the same database: same key, its own directory and port."""
        other = Centre(self.processes, self.postgres, self.directory, self.database, "centre-beside")
        os.makedirs(other.data, exist_ok=True)
        for name in ("", "centre.key", "centre.key_secret"):
            source, copy = os.path.join(self.data, name), os.path.join(other.data, name)
            if name:
                shutil.copy2(source, copy)
            shutil.chown(copy, os.stat(source).st_uid, os.stat(source).st_gid)
        return other

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    @property
    def key(self):
        with open(os.path.join(self.data, "centre.key"), encoding="utf-8") as file:
            return re.search(r'public-key = "(.{40})"', file.read()).group(1)

    def memory(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1)) * 1024

    def verify(self):
        answer = self.run("verify")
        if "drift=0" not in answer:
            raise BenchError("fupind verify: " + answer)

    def stop(self):
        process, self.process = self.process, None
        if process:
            self.processes.end(process)
            if process.returncode:
                raise BenchError(f"fupind ended with {process.returncode}:\n{self.log()[-2000:]}")


class Generator:
    """fupin-bench with its subcommands; options as keywords."""

    def __init__(self, processes):
        self.processes = processes

    @staticmethod
    def words(command, options):
        words = [GENERATOR, command]
        for name, value in options.items():
            words += ["--" + name.replace("_", "-"), str(value)]
        return words

    def start(self, command, died="KILL", nice=0, **options):
        """With wait=1 it waits for go(), once await_ready() has returned. `died`: its signal if we end."""
        words = ["setpriv", "--pdeathsig", died] + (["nice", "-n", str(nice)] if nice else [])
        process = self.processes.start(words + self.words(command, options),
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # Where each session has its share of the processors, `nice` alone means something only within it.
        group = f"/proc/{process.pid}/autogroup"
        if nice and os.path.exists(group):
            with open(group, "w", encoding="ascii") as file:
                file.write(str(nice))
        return process

    @staticmethod
    def await_ready(process):
        if process.stdout.readline().strip() != "ready":
            process.wait()
            raise BenchError("the load generator did not get ready")

    @staticmethod
    def go(process):
        process.stdin.write("go\n")
        process.stdin.flush()

    @staticmethod
    def read(process):
        """The figures of one of several rounds."""
        line = process.stdout.readline()
        if not line.startswith("{"):
            raise BenchError("the load generator ended early")
        return json.loads(line)

    def finish(self, process):
        """Its figures; an error if it says that anything was wrong."""
        process.stdin.close()
        answer = process.stdout.read()
        status = process.wait()
        self.processes.end(process)
        if status != 0:
            command = process.args[process.args.index(GENERATOR) + 1]
            raise BenchError(f"fupin-bench {command} found an error (exit {status}): {answer.strip()}")
        return json.loads(answer)

    def run(self, command, **options):
        return self.finish(self.start(command, **options))


def say(text):
    print(text, file=sys.stderr, flush=True)
