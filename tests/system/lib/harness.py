"""What the system tests stand on: a real centre, a real PostgreSQL, real client processes.

Each has its own directory and port; everything is waited for by its own event (a file, an answer, a
process's end), and ended by its process id. At the end the centre's log must show no assertion and no
sanitizer report.
"""
import atexit
import csv
import datetime
import fcntl
import glob
import hashlib
import os
import pwd
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import psycopg2
import zmq.auth

from wire import Wire, uuid7
import fupin_pb2 as pb

# Programs as Debian has them: nothing that this machine happens to have elsewhere on its PATH.
os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
SOURCE = os.environ["FUPIN_SOURCE"]
BUILD = os.environ["FUPIN_BUILD"]
FUPIND = os.path.join(BUILD, "fupind")
FUPIN = os.path.join(BUILD, "fupin")
PLAN = os.path.join(SOURCE, "db", "plan-2013")
SLOW = 10 if os.environ.get("FUPIN_SLOW") else 1  # sanitizers
# For a centre whose database falls silent: a fifth of the usual waits (a commit is told of after 1 s, not 5).
HURRIED = ("--patience", "12") if SLOW == 1 else ()
PATIENT = ("--patience", "600")  # a database that is slow stays in use, whatever the machine
OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112", "county-222403")


def as_database_user():
    """PostgreSQL refuses root: the words that make a command run as somebody else."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def database_user():
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def wait_for(what, condition, seconds=30):
    """Waits until condition() is true; fails with `what` otherwise."""
    until = time.monotonic() + seconds * SLOW
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError("waited in vain for " + what)
        pause()


def pause():
    """The breath between two looks at a condition."""
    signal.sigtimedwait([], 0.02)


def processor_seconds():
    """What our processes that have ended took of a processor, user and system: a measure that does not grow while others
    work on the same machine."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def new_directory(prefix="fupin-test-"):
    path = tempfile.mkdtemp(prefix=prefix)
    os.chmod(path, 0o755)  # a fupind started as root becomes another user, who has to get through
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def copy_plan(path, deadlines=False, rules=False):
    """Without deadlines a report of any month of 2013 is accepted by today's clock; without rules over several
    months it may say anything."""
    shutil.copytree(PLAN, path)
    if not deadlines:
        os.unlink(os.path.join(path, "deadlines.csv"))
    if not rules:
        edit_csv(os.path.join(path, "indicators.csv"), lambda rows: [row.update(base="", step_after="") for row in rows] and None)
    return path


def edit_csv(path, change):
    """Rewrites a CSV file by change(list of dicts), header kept."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        fields, rows = reader.fieldnames, list(reader)
    rows = change(rows) or rows
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make_keys(home, name):
    """What `fupin keygen --home` leaves, without starting it (test_cli does); (public, secret)."""
    os.makedirs(home, 0o700)
    _, secret_path = zmq.auth.create_certificates(home, "office", metadata={"name": name})
    os.chmod(secret_path, 0o600)
    return tuple(key.decode() for key in zmq.auth.load_certificate(secret_path))


class Office:
    """An office's home directory and its fupin program."""

    def __init__(self, directory, name):
        self.home = os.path.join(directory, "home", name)
        self.name = name
        self.public_key, self.secret_key = make_keys(self.home, name)
        match = re.search(r"(\d+)$", name)
        self.unit = int(match.group(1)) if match else 22

    def command(self, *words):
        return [FUPIN, *map(str, words), "--home", self.home]

    def run(self, *words, language="C", check=None, cwd=None):
        result = subprocess.run(self.command(*words), capture_output=True, text=True, cwd=cwd, check=False,
                                env=dict(os.environ, LC_ALL=language), timeout=120 * SLOW)
        if check is not None and result.returncode != check:
            raise AssertionError(f"fupin {words}: exit {result.returncode}, expected {check}\n"
                                 f"{result.stdout}{result.stderr}")
        return result


def newest_postgresql():
    """The folder of PostgreSQL's programs."""
    return sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]


def template():
    """A tar file of a PostgreSQL cluster that has fupin's tables and nothing in them: made once, by fupind's own code,
    kept beside the build, and made anew for other migrations or another PostgreSQL. A test that unpacks it saves
    initdb and the migrations, most of a centre's start; that fupind makes its own is tested by test_year (is_new) and
    by the demonstration."""
    digest = hashlib.sha256(newest_postgresql().encode())
    made_by = [os.path.abspath(__file__), os.path.join(SOURCE, "server", "postgres", "embedded.c"), os.path.join(SOURCE, "db", "grants.sql")]
    for path in sorted(glob.glob(os.path.join(SOURCE, "db", "migrations", "*.sql"))) + made_by:
        with open(path, "rb") as file:
            digest.update(file.read())
    path = os.path.join(BUILD, "tests", "template", f"{os.geteuid()}-{digest.hexdigest()[:16]}.tar")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path):
            make_template(path + ".new")
            os.rename(path + ".new", path)
    return path


def make_template(path):
    """A fupind without a plan makes its database, has nothing to serve, and ends. The rest makes it small."""
    data = os.path.join(new_directory(), "data")
    os.mkdir(data)
    result = subprocess.run([FUPIND, "serve", "--data", data], capture_output=True, text=True, check=False)
    assert result.returncode == 4 and "event=migrated" in result.stderr, result.stderr
    database = Database.__new__(Database)
    database.take(os.path.join(data, "pg"))
    user = database_user()
    database.start()
    database.execute("UPDATE pg_database SET datistemplate = false", user=user)
    database.execute("DROP DATABASE template0", user=user)
    database.execute("DROP DATABASE template1", user=user)
    if user != "fupin":
        database.execute("CREATE ROLE fupin SUPERUSER LOGIN", user=user)
    database.stop()
    subprocess.run(as_database_user() + [os.path.join(database.bin, "pg_resetwal"), "-D", database.data], check=True,
                   capture_output=True, cwd=database.directory)
    for name in glob.glob(os.path.join(database.data, "pg_wal", "0*")):
        subprocess.run(["fallocate", "--dig-holes", name], check=True)
    subprocess.run(["tar", "-C", database.data, "--sparse", "-cf", path, "."], check=True)


def unpack_template(directory):
    """The cluster, in a directory that is made for it; as whoever runs PostgreSQL."""
    os.mkdir(directory, 0o700)
    subprocess.run(["tar", "-C", directory, "-xpf", template()], check=True)


class Database:
    """A PostgreSQL of the test's own, for --db."""

    def __init__(self, *initdb, environment=None):
        """`initdb`: options for a cluster of its own making; otherwise it is the template's."""
        self.take(os.path.join(new_directory("fupin-pg-"), "data"), environment)
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        if not initdb:
            unpack_template(self.data)
            with open(os.path.join(self.data, "pg_hba.conf"), "a", encoding="utf-8") as file:
                file.write("host all all 127.0.0.1/32 trust\n")  # some come through a proxy
            self.start()
            return
        subprocess.run(as_database_user() + [os.path.join(self.bin, "initdb"), "-D", self.data, "-A", "trust",
                                             "-U", "fupin", "-E", "UTF8", "--locale=C.UTF-8", *initdb],
                       check=True, capture_output=True, cwd=self.directory)
        self.start()
        self.execute("CREATE DATABASE fupin", database="postgres")

    def take(self, data, environment=None):
        """The cluster in that directory, not started; its socket will be beside it."""
        self.directory, self.data = os.path.dirname(data), data
        self.environment = dict(os.environ, **(environment or {}))
        self.bin, self.process, self.settings = newest_postgresql(), None, ()
        self.before = ()  # words before the server's command
        atexit.register(self.stop)

    def start(self):
        self.launch()
        self.wait_ready()

    def launch(self):
        """Starts it and does not wait."""
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.process = subprocess.Popen(
                as_database_user() + [*self.before, os.path.join(self.bin, "postgres"), "-D", self.data, "-c",
                                      "listen_addresses=", "-c", "unix_socket_directories=" + self.directory,
                                      *self.settings],
                stdout=log, stderr=log, cwd=self.directory, start_new_session=True, env=self.environment)

    def wait_ready(self):
        """It takes connections, as it writes into its postmaster.pid (or it follows another server)."""
        def ready():
            assert self.process.poll() is None, "PostgreSQL did not start"
            try:
                with open(os.path.join(self.data, "postmaster.pid"), encoding="utf-8") as file:
                    lines = file.read().splitlines()
            except FileNotFoundError:
                return False
            return len(lines) > 7 and int(lines[0]) == self.process.pid and lines[7].strip() in ("ready", "standby")
        wait_for("PostgreSQL", ready)

    def wait_recovered(self):
        """Connections are let in again after it lost one of its processes."""
        def recovered():
            try:
                self.connect().close()
                return True
            except psycopg2.OperationalError:
                return False
        wait_for("PostgreSQL's recovery", recovered)

    @property
    def uri(self):
        port = os.environ.get("PGPORT")  # fupind does not heed it
        return f"postgresql:///fupin?host={self.directory}&user=fupin" + (f"&port={port}" if port else "")

    def connect(self, database="fupin", user="fupin"):
        connection = psycopg2.connect(host=self.directory, user=user, dbname=database)
        connection.autocommit = True
        return connection

    def execute(self, sql, database="fupin", user="fupin"):
        connection = self.connect(database, user)
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connection.close()

    def kill(self):
        """The postmaster and all its children at once, as when the machine dies."""
        everyone = [self.process.pid, *children_of(self.process.pid)]
        for pid in everyone:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(60)
        wait_for("the end of PostgreSQL's processes", lambda: all(map(is_gone, everyone)))

    def standby(self):
        """A second server that follows this one and has every commit before it is acknowledged."""
        other = Database.__new__(Database)
        other.take(os.path.join(new_directory("fupin-pg-"), "data"))
        other.settings, other.environment = self.settings, self.environment
        if os.geteuid() == 0:
            shutil.chown(other.directory, "postgres", "postgres")
        subprocess.run(as_database_user() + [os.path.join(self.bin, "pg_basebackup"), "-h", self.directory, "-U",
                                             "fupin", "-D", other.data, "-R", "-c", "fast"],
                       check=True, capture_output=True, cwd=other.directory)
        other.start()
        self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.execute("SELECT pg_reload_conf()")
        wait_for("the standby", lambda: self.rows("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        return other

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def rows(self, sql):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.fetchall()
        connection.close()
        return found

    def stop(self, how=signal.SIGINT):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)


class Centre:
    """A running fupind. Without `database` it runs the embedded one; `is_new`: it makes that by itself."""

    def __init__(self, database=None, plan=None, offices=OFFICES, label=None, directory=None, options=(), is_new=False):
        self.directory = directory or new_directory()
        self.data = os.path.join(self.directory, "data")
        self.log_path = os.path.join(self.directory, "fupind.log")
        self.ready = os.path.join(self.data, "endpoint")
        self.database = database
        self.options = list(options) + (["--label", label] if label else [])
        self.process = self.environment = None
        self.endpoint = "tcp://127.0.0.1:*"
        os.makedirs(self.data, exist_ok=True)
        if not database and not is_new and not os.path.exists(os.path.join(self.data, "pg")):
            unpack_template(os.path.join(self.data, "pg"))
            if os.geteuid() == 0:
                shutil.chown(self.data, "postgres", "postgres")
        self.plan = plan or copy_plan(os.path.join(self.directory, "plan"))
        self.loads_plan = True  # at its start
        self.offices = {name: Office(self.directory, name) for name in offices}
        if offices:
            self.admit(*offices)
        self.wires = []
        self.asked = None  # the connection of sql()
        atexit.register(self.stop)

    def beside(self):
        """Another fupind on the same database: same centre key, same offices, its own directory and port."""
        other = Centre(database=self.database, plan=self.plan, offices=())
        for name in ("", "centre.key", "centre.key_secret"):
            source, copy = os.path.join(self.data, name), os.path.join(other.data, name)
            if name:
                shutil.copy2(source, copy)
            shutil.chown(copy, os.stat(source).st_uid, os.stat(source).st_gid)
        other.offices = self.offices
        return other

    def admit(self, *names):
        """Enters the offices' keys, of these only, into the plan's principals."""
        def change(rows):
            for row in rows:
                row["public_key"] = self.offices[row["name"]].public_key if row["name"] in names else ""
        edit_csv(os.path.join(self.plan, "principals.csv"), change)

    def words(self, command):
        words = [FUPIND, command, "--data", self.data]
        return words + (["--db", self.database.uri] if self.database else [])

    def start(self, wait=True):
        if os.path.exists(self.ready):
            os.unlink(self.ready)
        plan = ["--plan", self.plan, "--principals", os.path.join(self.plan, "principals.csv")] if self.loads_plan else []
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*self.words("serve"), *plan, "--endpoint", self.endpoint, "--ready-file",
                 self.ready, "--log-level", "debug", *self.options],
                stdout=log, stderr=log, start_new_session=True, env=self.environment)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        def ready():
            assert self.process.poll() is None, "fupind did not start:\n" + self.log()[-3000:]
            return os.path.exists(self.ready)
        wait_for("fupind", ready, 60)
        with open(self.ready, encoding="utf-8") as file:
            self.endpoint = file.read().strip()  # the same port again after a restart
        self.tell_offices(self.endpoint)

    def tell_offices(self, endpoint):
        key = self.centre_key()
        for office in self.offices.values():
            with open(os.path.join(office.home, "fupin.ini"), "w", encoding="utf-8") as file:
                file.write(f"[centre]\nendpoint = {endpoint}\npublic-key = {key}\n")

    def centre_key(self):
        with open(os.path.join(self.data, "centre.key"), encoding="utf-8") as file:
            return re.search(r'public-key = "(.{40})"', file.read()).group(1)

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        """SIGTERM; the exit status."""
        for wire in self.wires:
            wire.close()
        self.wires = []
        if self.asked:
            self.asked.close()
            self.asked = None
        if self.process and self.process.poll() is None:
            self.process.terminate()
            return self.process.wait(60 * SLOW)
        return self.process.returncode if self.process else None

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def check_log(self):
        bad = re.findall(r".*(?:Assertion|AddressSanitizer|LeakSanitizer|runtime error|ThreadSanitizer|"
                         r"panic|out_of_memory).*", self.log())
        assert not bad, "\n".join(bad[:20])

    def wire(self, name, **options):
        office = self.offices[name]
        wire = Wire(self.endpoint, self.centre_key(), office.public_key, office.secret_key, **options)
        self.wires.append(wire)
        return wire

    def connect(self):
        """To the centre's database."""
        if self.database:
            return self.database.connect()
        connection = psycopg2.connect(host=os.path.join(self.data, "run"), user=database_user(), dbname="fupin")
        connection.autocommit = True
        return connection

    def writer(self):
        """The pid of the database's process that writes the journal: of all that serve fupind the first that came."""
        return self.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'fupind' ORDER BY backend_start LIMIT 1")[0][0]

    def lock(self, statement):
        """A connection whose transaction keeps what `statement` locks, until it is closed."""
        holder = self.connect()
        holder.autocommit = False
        holder.cursor().execute(statement)
        return holder

    def sql(self, statement, *values):
        """Rows of a query on the centre's database; over one connection, as long as the database is the same."""
        if self.asked and self.is_broken(self.asked):
            self.asked.close()
            self.asked = None
        self.asked = self.asked or self.connect()
        with self.asked.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else None

    @staticmethod
    def is_broken(connection):
        """An idle connection has nothing to read: what is there is its end."""
        return bool(connection.closed) or bool(select.select([connection], [], [], 0)[0])

    def is_database_up(self):
        """A server that ends its crash recovery takes connections again."""
        try:
            return self.sql("SELECT 1") == [(1,)]
        except psycopg2.OperationalError:
            return False

    def load(self, *words):
        return subprocess.run(self.words("load") + ["--plan", self.plan, *words], capture_output=True,
                              text=True, check=False)

    def load_principals(self):
        """The plan again, with its principals as the whole of those that may connect."""
        return self.load("--principals", os.path.join(self.plan, "principals.csv"))

    def verify(self):
        result = subprocess.run(self.words("verify"), capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"verify: exit {result.returncode}\n{result.stdout}{result.stderr}"
        assert "drift=0" in result.stdout, result.stdout
        return result.stdout


class CentreTest(unittest.TestCase):
    """Tests that share one centre."""

    options = {}

    @classmethod
    def setUpClass(cls):
        cls.centre = Centre(**cls.options).start()
        wire = cls.centre.wire("province")
        cls.catalogue = wire.catalogue()
        cls.numbers = {i.code: i.number for i in cls.catalogue.indicators}

    @classmethod
    def tearDownClass(cls):
        cls.centre.verify()
        status = cls.centre.stop()
        cls.centre.check_log()
        assert status == 0, f"fupind ended with {status}"


def report(numbers, unit, period, replaces=0, form=None, version=1, **values):
    """A Report with the form's required values, changed by `values` (None: not reported)."""
    village, township = unit > 10**11, 10**8 < unit < 10**9
    given = dict(township_one_industry=0) if township else dict(village_people_lifted=0, village_households_lifted=0, village_started=0,
                 village_under_way=0, village_completed=0, village_accepted=0) if village else dict(
                     people_lifted=0, households_lifted=0, registered_people=0)
    given.update(values)
    given = {name: value for name, value in given.items() if value is not None}
    return pb.Report(unit=unit, period=period, form=form or (2 if village else 3 if township else 1), form_version=version,
                     replaces=replaces, indicators=[numbers[name] for name in given],
                     values=list(given.values()))


def entry(unit, voucher, kind=pb.RAISED, source=5, amount_fen=100, occurred=20130415, **fields):
    for name in ("note", "refers", "document", "project"):
        fields[name] = fields.get(name, "").encode()
    return pb.FundEntry(kind=kind, unit=unit, voucher=voucher.encode(), occurred=occurred, source=source,
                        amount_fen=amount_fen, **fields)


def submission(*rows):
    result = pb.Submission(id=uuid7())
    lists = {pb.Report: result.reports, pb.FundEntry: result.fund_entries, pb.Extension: result.extensions,
             pb.Review: result.reviews, pb.TargetPart: result.targets, pb.Document: result.documents, pb.ProjectRow: result.projects}
    for row in rows:
        lists[type(row)].append(row)
    return result


CHINA = datetime.timezone(datetime.timedelta(hours=8))


def china(*when):
    """Seconds since 1970 of a moment in China: china(2013, 5, 6), china(2013, 5, 6, 17, 30)."""
    return int(datetime.datetime(*when, tzinfo=CHINA).timestamp())


def children_of(parent):
    """Process ids of a process's children."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == parent:
                    found.append(int(path.split("/")[2]))
        except OSError:
            continue
    return found


def is_gone(pid):
    """Ended, though somebody may not have asked for its status yet."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def processes_below(directory):
    """Processes whose command line names the directory."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if directory in line and str(os.getpid()) != path.split("/")[2]:
            found.append(line)
    return found


if __name__ == "__main__":
    sys.exit("harness.py is not a test")
