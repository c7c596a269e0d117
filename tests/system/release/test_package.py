"""The Debian packages, built from this tree by CPack: what is in them, that lintian finds no error; the units, how far
they shut the programs in, and that the centre works when shut in so."""
import glob
import os
import re
import shutil
import socket
import subprocess
import threading
import unittest

import commands
import sandbox
from harness import BUILD, SOURCE, Centre, entry, new_directory, submission, wait_for

UNITS = os.path.join(SOURCE, "packaging", "systemd")
CENTRE_UNIT, AGENT_UNIT = os.path.join(UNITS, "fupind.service"), os.path.join(UNITS, "fupin-agent@.service")
EXPOSURE_MAX = 2.0
TOOLS = ("cpack", "dpkg-deb", "dpkg-shlibdeps", "file")
# By package: paths (a triplet may stand behind usr/lib), and what has to be among Depends.
CONTENTS = {
    "fupind": (("usr/bin/fupind", "usr/lib/systemd/system/fupind.service", "etc/fupin/fupind.conf",
                "usr/share/fupin/plan-2013/units.csv", "usr/share/fupin/plan-2013/rules/", "usr/share/fupin/migrations/", "usr/share/fupin/grants.sql",
                "usr/share/man/man8/fupind.8.gz", "usr/share/man/man5/fupin-plan.5.gz", "usr/share/doc/fupind/centre/runbook.md",
                "usr/share/doc/fupind/zh/admin.md"), ("libzmq5", "libpq5", "adduser")),
    "fupin": (("usr/bin/fupin", "usr/lib/systemd/system/fupin-agent@.service", "usr/lib/systemd/user/fupin-agent.service",
               "usr/share/man/man1/fupin.1.gz", "usr/share/man/zh_CN/man1/fupin.1.gz", "usr/share/man/man5/fupin.ini.5.gz",
               "usr/share/man/man5/fupin-sheet.5.gz", "usr/share/man/man5/fupin-sealed.5.gz",
               "usr/share/bash-completion/completions/fupin", "usr/share/doc/fupin/using/money.md",
               *(f"usr/share/doc/fupin/zh/{page}.md" for page in ("README", "county", "prefecture", "province", "admin"))), ("libzmq5", "libzip4", "adduser")),
    "libfupin0": (("usr/lib/libfupin.so.0",), ("libzmq5", "libc6")),
    "libfupin-dev": (("usr/include/fupin.h", "usr/lib/libfupin.so", "usr/lib/pkgconfig/fupin.pc",
                      "usr/share/fupin/fupin.proto", "usr/share/doc/libfupin-dev/PROTOCOL.md", "usr/share/doc/libfupin-dev/library.md"), ("libfupin0",)),
}


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@unittest.skipIf(os.environ.get("FUPIN_SLOW"), "nobody packs sanitizers")
@unittest.skipUnless(all(map(shutil.which, TOOLS)), "needs " + ", ".join(TOOLS))
class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        place = new_directory()
        # Quickly packed: what is looked at is what is inside.
        run("cpack", "-G", "DEB", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", place,
            "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip")
        cls.paths = {os.path.basename(path).split("_")[0]: path for path in glob.glob(os.path.join(place, "*.deb"))}
        cls.inside = {}
        for name, path in cls.paths.items():
            cls.inside[name] = os.path.join(place, name)
            run("dpkg-deb", "-R", path, cls.inside[name])

    def test_contents(self):
        self.assertEqual(set(self.paths), set(CONTENTS))
        for name, (wanted, depends) in CONTENTS.items():
            listing = run("dpkg-deb", "-c", self.paths[name]).splitlines()
            files = {re.sub(r"^usr/lib/\w+-linux-\w+/", "usr/lib/", line.split()[5][2:]) for line in listing}
            common = {f"usr/share/doc/{name}/{file}" for file in ("changelog.gz", "copyright")}
            self.assertLessEqual(set(wanted) | common, files, name)
            for line in listing:
                self.assertRegex(line, r"^[-dl].{7}[^w]. +root/root|^l", name)
            self.assertIn("md5sums", os.listdir(os.path.join(self.inside[name], "DEBIAN")))
            said = run("dpkg-deb", "-f", self.paths[name], "Depends")
            for one in depends:
                self.assertRegex(said, r"(^|, )%s\b" % re.escape(one))
        self.assertIn("usr/share/zsh/", run("dpkg-deb", "-c", self.paths["fupin"]))

    def test_scripts(self):
        control = os.path.join(self.inside["fupind"], "DEBIAN")
        with open(os.path.join(control, "conffiles"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "/etc/fupin/fupind.conf\n")
        for name in ("fupind", "fupin"):
            for script in ("postinst", "prerm", "postrm"):
                path = os.path.join(self.inside[name], "DEBIAN", script)
                self.assertTrue(os.access(path, os.X_OK))
                run("sh", "-n", path)
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                # Nothing begins by itself, and no data goes by itself.
                self.assertNotRegex(text, r"systemctl (enable|start)|deb-systemd-invoke (start|restart)|rm -r")

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_lintian(self):
        words = ["--allow-root"] if os.geteuid() == 0 else []
        done = subprocess.run(["lintian", *words, "--fail-on", "error", *self.paths.values()], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Units(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_exposure(self):
        for unit in (CENTRE_UNIT, AGENT_UNIT):
            out = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], capture_output=True,
                                 text=True, check=False, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout
            level = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", out).group(1))
            self.assertLessEqual(level, EXPOSURE_MAX, out)

    def test_command_lines(self):
        """A unit that says an option which is not there would be found by the operator."""
        line = sandbox.settings(CENTRE_UNIT)["ExecStart"][0]
        there, options = commands.centre()
        self.assertLessEqual(set(re.findall(r"--[a-z-]+", line)), set(options))
        self.assertIn(line.split()[1], there)
        for unit in (AGENT_UNIT, os.path.join(UNITS, "user", "fupin-agent.service")):
            line = sandbox.settings(unit)["ExecStart"][0]
            self.assertLessEqual(set(re.findall(r"--[a-z-]+", line)), set(commands.commands()["agent"]))
        with open(os.path.join(SOURCE, "packaging", "fupind.conf"), encoding="utf-8") as file:
            said = set(re.findall(r"^([A-Z_]+)=", file.read(), re.M))
        self.assertEqual(set(re.findall(r"\$\{?([A-Z_]+)", sandbox.settings(CENTRE_UNIT)["ExecStart"][0])), said)


def shut_in(unit, writable, words):
    return ["/usr/bin/python3", sandbox.__file__, unit, "postgres", ",".join(writable), *words]


class Notes:
    """What a program tells systemd. Always read, as systemd does: a queue that is full would hold the program up."""

    def __init__(self, directory):
        path = os.path.join(directory, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        shutil.chown(path, "postgres")
        os.environ["NOTIFY_SOCKET"] = path
        self.said = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while note := self.socket.recv(4096):
            self.said.append(note.decode())

    def wait(self, text, times=1):
        wait_for(text, lambda: sum(text in note for note in self.said) == times)

    def close(self):
        path = os.environ.pop("NOTIFY_SOCKET")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", path)
        self.reader.join()
        self.socket.close()


class ShutIn(Centre):
    """Started as the unit starts it, as far as that goes without systemd."""

    def __init__(self, **options):
        super().__init__(**options)
        self.run = os.path.join(self.directory, "run")
        os.makedirs(self.run)
        self.ready = os.path.join(self.run, "endpoint")
        for path in (self.data, self.run):
            shutil.chown(path, "postgres", "postgres")

    def words(self, command):
        words = super().words(command)
        return shut_in(CENTRE_UNIT, (self.data, self.run), words) if command == "serve" else words


def can_shut_in():
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv", "systemd-analyze"))):
        return False
    try:
        sandbox.ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return False
    return subprocess.run(["unshare", "--mount", "mount", "-o", "remount,bind,ro", "/"], capture_output=True,
                          check=False).returncode == 0


@unittest.skipUnless(can_shut_in(), "needs root, mount namespaces, libseccomp and systemd-analyze")
class Sandbox(unittest.TestCase):
    # Sanitizers write where they like and read what they like.
    @unittest.skipIf(os.environ.get("FUPIN_SLOW"), "not with sanitizers")
    def test_centre_and_agent(self):
        centre = ShutIn(offices=("county-220122",))
        notes = Notes(centre.run)
        try:
            centre.start()
            notes.wait("READY=1")
            self.check_shut_in(centre.process)
            receipt = centre.wire("county-220122").submit(submission(entry(220122, "shut-in", source=1)))
            self.assertEqual(receipt.seq, 1)
            self.check_agent(centre.offices["county-220122"], notes)
            self.assertEqual(centre.stop(), 0)
            notes.wait("STOPPING=1", 2)
        finally:
            notes.close()
            centre.stop()
        self.assertNotRegex(centre.log(), r"level=(error|warning)")
        with open(os.path.join(centre.data, "pg.log"), encoding="utf-8", errors="replace") as file:
            bad = [line for line in file if re.search(r"(?i)denied|not permitted|could not|read-only|PANIC", line)]
        # That the centre goes is no matter of the sandbox.
        self.assertEqual([line for line in bad if "could not receive data from client" not in line
                          and "could not send data to client" not in line], [])

    def check_shut_in(self, process):
        with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
            status = file.read()
        self.assertRegex(status, r"(?m)^Seccomp:\s+2$")
        self.assertRegex(status, r"(?m)^NoNewPrivs:\s+1$")
        self.assertRegex(status, r"(?m)^CapBnd:\s+0+$")

    def check_agent(self, office, notes):
        sheet = os.path.join(os.path.dirname(office.home), "funds.csv")
        with open(sheet, "w", encoding="utf-8") as file:
            file.write("kind,unit,voucher,occurred,source,amount\nraised,220122,V-2,2013-04-15,fiscal_development,1.50\n")
        office.run("units", check=0)
        office.run("submit", sheet, "--offline", check=4)
        for path in [office.home, *glob.glob(os.path.join(office.home, "*"))]:
            shutil.chown(path, "postgres", "postgres")
        agent = subprocess.Popen(shut_in(AGENT_UNIT, (office.home,), office.command("agent")), start_new_session=True)
        try:
            notes.wait("READY=1", 2)  # the centre's, the agent's, and not PostgreSQL's
            self.check_shut_in(agent)
            wait_for("the agent to deliver", lambda: "receipted" in office.run("outbox", "list").stdout)
        finally:
            agent.terminate()
            self.assertEqual(agent.wait(30), 0)


if __name__ == "__main__":
    unittest.main()
