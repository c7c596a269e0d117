"""The containers' files without containers: what docker-compose.yml and the Dockerfile name is there, what
the image is built from is enough to build it, and the one-shot scripts do their work with a real centre
that is started by the compose file's own command. Docker itself is not needed, and not tested."""
import json
import os
import re
import shlex
import shutil
import subprocess
import unittest

from harness import SOURCE, Database, new_directory, wait_for

PASSWORD = "demonstration"
MONTHS = 2  # the whole year is test_demo's


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def command_of(service):
    """The command list of a service in docker-compose.yml, which is JSON too."""
    block = re.search(rf"^  {service}:\n((?:    .*\n|\n)+)", read("docker-compose.yml"), re.M).group(1)
    return json.loads(re.search(r"command: (\[.*?\])", block, re.S).group(1))


def instructions():
    """The Dockerfile's instructions as (word, rest), continued lines joined."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.M).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


class Files(unittest.TestCase):
    @unittest.skipUnless(shutil.which("docker-compose"), "docker-compose is not installed")
    def test_docker_compose_accepts_the_file(self):
        result = subprocess.run(["docker-compose", "-f", os.path.join(SOURCE, "docker-compose.yml"), "config"],
                                capture_output=True, text=True, check=False, cwd=SOURCE)
        self.assertEqual(result.returncode, 0, result.stderr)
        for word in ("postgres:15", "service_healthy", "service_completed_successfully", "POSTGRES_PASSWORD"):
            self.assertIn(word, result.stdout)

    def test_what_the_image_copies_is_there_and_not_ignored(self):
        let_in = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
        for word, rest in instructions():
            if word != "COPY" or rest.startswith("--from"):
                continue
            for source in rest.split()[:-1]:
                self.assertTrue(os.path.exists(os.path.join(SOURCE, source)), source)
                self.assertIn(source.split("/")[0], let_in)

    def test_scripts_of_the_services_are_in_the_image(self):
        copied = next(rest for word, rest in instructions() if word == "COPY" and "scripts/compose-year.sh" in rest)
        *sources, target = copied.split()
        inside = {os.path.join(target, os.path.basename(source)) for source in sources}
        self.assertIn("/usr/share/fupin/scripts/demo_year.awk", inside)
        for service, word in (("keys", "keys"), ("year", "year")):
            script, argument = command_of(service)
            self.assertIn(script, inside)
            self.assertEqual(argument, word)
        self.assertTrue(os.access(os.path.join(SOURCE, "scripts", "compose-year.sh"), os.X_OK))

    def test_image_does_not_run_as_root_and_has_no_database_server(self):
        users = [rest for word, rest in instructions() if word == "USER"]
        self.assertEqual(users, ["fupin"])
        runtime = read("Dockerfile").split("bookworm-slim")[1]
        self.assertNotIn("postgresql", runtime)


class Year(unittest.TestCase):
    """The image's tree, built as the Dockerfile says, and the year with it."""

    @classmethod
    def setUpClass(cls):
        cls.directory = new_directory("fupin-image-")
        cls.image = os.path.join(cls.directory, "image")
        cls.build()
        cls.centre = os.path.join(cls.directory, "centre")
        cls.endpoint = os.path.join(cls.directory, "ready", "endpoint")
        cls.environment = dict(
            os.environ, PATH=os.path.join(cls.image, "usr", "bin") + ":" + os.environ["PATH"],
            PGPASSWORD=PASSWORD, FUPIN_CENTRE=cls.centre, FUPIN_OFFICES=os.path.join(cls.directory, "offices"),
            FUPIN_PLAN=os.path.join(cls.image, "usr/share/fupin/plan-2013"), FUPIN_ENDPOINT="tcp://127.0.0.1:7513",
            FUPIN_MONTHS=str(MONTHS))
        os.makedirs(cls.centre, 0o700)
        os.makedirs(os.path.dirname(cls.endpoint), 0o777)
        os.chmod(os.path.dirname(cls.endpoint), 0o777)  # a fupind started as root becomes another user

    @classmethod
    def build(cls):
        """The build stage: what is copied, then its cmake commands, with other directories."""
        source = os.path.join(cls.directory, "source")
        for word, rest in instructions()[:[i for i, (w, _) in enumerate(instructions()) if w == "FROM"][1]]:
            if word == "COPY":
                name, target = rest.split()
                target = os.path.join(source, target, os.path.basename(name) if target.endswith("/") else "")
                copy = shutil.copytree if os.path.isdir(os.path.join(SOURCE, name)) else shutil.copy
                os.makedirs(os.path.dirname(target.rstrip("/")), exist_ok=True)
                copy(os.path.join(SOURCE, name), target.rstrip("/"))
        words = next(rest for word, rest in instructions() if word == "RUN" and rest.startswith("cmake"))
        # Where ccache is there, what scripts/test.sh compiled is found: the places are the same, seen from the sources,
        # and so is the compiler's name.
        words = words.replace("/build", os.path.join(source, "build-gcc")).replace("/image", cls.image)
        result = subprocess.run(["sh", "-c", words], cwd=source, capture_output=True, text=True, check=False,
                                env=dict(os.environ, CCACHE_BASEDIR=source, CCACHE_NOHASHDIR="1", CC=os.environ["FUPIN_CC"]))
        assert result.returncode == 0, result.stdout[-4000:] + result.stderr

    def script(self, word, **environment):
        """The service's command, with the script that the image has."""
        name, argument = command_of(word)
        result = subprocess.run([os.path.join(SOURCE, "scripts", os.path.basename(name)), argument],
                                env=dict(self.environment, **environment), capture_output=True, text=True,
                                check=False, timeout=600)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def start(self, database):
        """The centre by the compose file's own command; places are replaced, and nothing else."""
        words = command_of("fupind")
        places = {"--db": database.uri, "--data": self.centre, "--plan": self.environment["FUPIN_PLAN"],
                  "--principals": os.path.join(self.centre, "principals.csv"), "--endpoint": "tcp://127.0.0.1:*"}
        for name, value in places.items():
            words[words.index(name) + 1] = value
        self.log_path = os.path.join(self.directory, "fupind.log")
        with open(self.log_path, "wb") as log:
            process = subprocess.Popen(words + ["--ready-file", self.endpoint], env=self.environment, stdout=log,
                                       stderr=log, cwd=self.directory, start_new_session=True)
        self.addCleanup(lambda: process.poll() is None and process.kill())

        def ready():
            with open(self.log_path, encoding="utf-8") as log:
                self.assertIsNone(process.poll(), log.read())
            return os.path.exists(self.endpoint)
        wait_for("fupind", ready, 60)
        with open(self.endpoint, encoding="utf-8") as file:
            return process, file.read().strip()

    def database_with_password(self):
        directory = new_directory("fupin-password-")
        path = os.path.join(directory, "password")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PASSWORD)
        os.environ["PGPASSWORD"] = PASSWORD  # for the harness, which connects as well
        self.addCleanup(os.environ.pop, "PGPASSWORD")
        database = Database("--auth-local=scram-sha-256", "--pwfile=" + path)
        self.addCleanup(database.stop)
        return database

    def rows(self, database, table):
        connection = database.connect()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            count = cursor.fetchone()[0]
        connection.close()
        return count

    def test_keys_then_centre_then_year(self):
        database = self.database_with_password()
        self.assertIn("73 offices", self.script("keys"))
        principals = os.path.join(self.centre, "principals.csv")
        with open(principals, encoding="utf-8") as file:
            first = file.read()
        process, endpoint = self.start(database)
        # Again, now that the port is known: it changes where the offices look, and no key.
        self.script("keys", FUPIN_ENDPOINT=endpoint)
        with open(principals, encoding="utf-8") as file:
            self.assertEqual(file.read(), first)
        shown = self.script("year", FUPIN_ENDPOINT=endpoint)
        self.assertIn(f"the offices worked through {MONTHS} months", shown)
        self.assertIn("演示数据", shown)
        self.assertIn("长春市", shown)
        submissions = self.rows(database, "submission")
        self.assertGreater(submissions, 61 * MONTHS * 2)
        # Every county, township and village each month, and all of it passed and taken over.
        self.assertEqual(self.rows(database, "report"), MONTHS * (61 + 171 + 210))
        self.assertEqual(self.rows(database, "review"), MONTHS * 2 * 442)
        # A second time nothing is sent, and the table is the same.
        again = self.script("year", FUPIN_ENDPOINT=endpoint)
        self.assertEqual(again.split("\n\n", 1)[1], shown.split("\n\n", 1)[1])
        self.assertEqual(self.rows(database, "submission"), submissions)
        process.terminate()
        self.assertEqual(process.wait(60), 0)
        verified = subprocess.run(["fupind", "verify", "--data", self.centre, "--db", database.uri],
                                  env=self.environment, capture_output=True, text=True, check=False)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        self.assertIn("drift=0", verified.stdout)

    def test_image_names_every_library_that_the_programs_need(self):
        packages = next(rest for word, rest in instructions() if word == "RUN" and "libzmq5" in rest).split()
        for program in ("fupin", "fupind"):
            listing = subprocess.run(["readelf", "-d", os.path.join(self.image, "usr/bin", program)],
                                     capture_output=True, text=True, check=True).stdout
            for library in re.findall(r"\(NEEDED\).*\[(.*)\]", listing):
                owner = subprocess.run(["dpkg-query", "-S", "*/" + library], capture_output=True, text=True,
                                       check=True).stdout
                owners = {line.split(":")[0] for line in owner.splitlines()}
                self.assertTrue(owners & {"libc6", *packages}, f"{program} needs {library} of {owners}")


if __name__ == "__main__":
    unittest.main()
