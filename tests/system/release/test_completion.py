"""What a TAB key offers, in bash and zsh: by the functions themselves and on a terminal. Nothing of it needs a network:
the centre is stopped before."""
import csv
import io
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import time
import unittest

import commands
from harness import BUILD, FUPIN, SLOW, CentreTest, edit_csv, new_directory, processor_seconds

BASH, ZSH = os.path.join(BUILD, "completion", "fupin"), os.path.join(BUILD, "completion", "_fupin")
MONTHS = [f"2013-{month:02d}" for month in range(1, 13)]
LOCALE = "C.UTF-8"
# Sets the words of a command line, calls the function, prints what it offers.
ASK = """
. "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_fupin "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
if [ ${#COMPREPLY[@]} -gt 0 ]; then printf '%s\\n' "${COMPREPLY[@]}"; fi
"""


class Completion(CentreTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What nobody would call a township, but a name may hold.
        def rename(rows):
            for row in rows:
                if row["code"] == "220122101":
                    row["name"] = "x$(touch pwned)`touch pwned`;"
        cls.centre.stop()
        edit_csv(os.path.join(cls.centre.plan, "units.csv"), rename)
        cls.centre.start()
        cls.province = cls.centre.offices["province"]
        cls.province.run("check", os.devnull)  # fetches and keeps the catalogue
        cls.centre.stop()
        cls.place = new_directory()
        for name in ("july.csv", "july.XLSX", "july.txt", "july.sealed"):
            with open(os.path.join(cls.place, name), "w", encoding="utf-8"):
                pass
        os.mkdir(os.path.join(cls.place, "july-folder"))
        os.mkdir(os.path.join(cls.place, "bin"))
        os.symlink(FUPIN, os.path.join(cls.place, "bin", "fupin"))

    def environment(self):
        return dict(os.environ, FUPIN_HOME=self.province.home, LC_ALL=LOCALE, TERM="dumb",
                    PATH=os.path.join(self.place, "bin") + ":" + os.environ["PATH"])

    def ask(self, *words):
        done = subprocess.run(["bash", "--norc", "-c", ASK, "ask", BASH, FUPIN, *words], capture_output=True, text=True,
                              check=True, env=self.environment(), cwd=self.place)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")[:-1]

    def test_tables_are_those_of_the_program(self):
        """Subcommands and options, both ways, and which take a value."""
        script = '. "$1"; for c in $_fupin_commands; do _fupin_row "$c"; echo "$c" $flags; done'
        out = subprocess.run(["bash", "--norc", "-c", script, "ask", BASH], capture_output=True, text=True, check=True).stdout
        said = {line.split()[0]: {flag.rstrip("="): flag.endswith("=") for flag in line.split()[1:]}
                for line in out.splitlines()}
        self.assertEqual((said.pop("help"), said.pop("version")), ({}, {}))
        self.assertEqual(said, commands.commands())

    def test_units_and_forms_kept(self):
        self.assertEqual(self.centre.process.poll(), 0)  # no centre
        for words in (("units",), ("units", "2201"), ("forms",), ("forms", "village")):
            took = []
            for _ in range(5):  # others work on this machine, too
                before = processor_seconds()
                out = self.province.run(*words, "--kept", "--format", "csv", check=0).stdout
                took.append(processor_seconds() - before)
            self.assertLess(min(took), 0.1 * SLOW, words)
            self.assertGreater(len(list(csv.reader(io.StringIO(out)))), 3)
        wrong = self.province.run("units", "--kept", "--as-of", "1", check=2)
        self.assertIn("--kept", wrong.stderr)
        # An office that never had an answer is told so at once.
        nobody = self.centre.offices["admin"].run("units", "--kept", check=4)
        self.assertIn("nothing is kept", nobody.stderr)

    def test_subcommands(self):
        self.assertEqual(self.ask("su"), ["submit"])
        self.assertEqual(set(self.ask("")), set(commands.commands()) | {"help", "version"})

    def test_options(self):
        self.assertEqual(self.ask("submit", "--o"), ["--offline"])
        self.assertEqual(self.ask("total", "22", "--b"), ["--bom", "--by"])
        self.assertEqual(self.ask("total", "22", "--by", "pr"), ["province", "prefecture"])
        self.assertEqual(self.ask("total", "22", "--by", "=", "pr"), ["province", "prefecture"])
        self.assertEqual(self.ask("outbox", "list", "--state", "waiting,ref"), ["waiting,refused"])
        self.assertEqual(self.ask("total", "22", "--label"), [])

    def test_units(self):
        self.assertEqual(self.ask("total", "22012"), self.ask("total", "--by", "county", "22012"))
        self.assertIn("220122", self.ask("total", "22012"))
        self.assertEqual(self.ask("total", "农安"), ["农安县"])
        self.assertEqual(self.ask("document", "list", "白城"), ["白城市"])
        self.assertTrue(all(word.isdigit() for word in self.ask("total", "")))

    def test_forms_months_actions(self):
        self.assertEqual(self.ask("forms", "v"), ["village"])
        self.assertEqual(self.ask("history", "220122", "2013-0"), MONTHS[:9])
        self.assertEqual(sorted(self.ask("history", "220122", "2013-04", "")), ["county", "township", "village"])
        self.assertEqual(self.ask("total", "22", "--period", "2013-1"), MONTHS[9:])
        self.assertEqual(self.ask("sheet", "2013-01"), ["2013-01"])
        self.assertEqual(self.ask("admin", "re"), ["requests", "refuse", "revoke"])

    def test_files(self):
        self.assertEqual(sorted(self.ask("submit", "ju")), ["july-folder", "july.XLSX", "july.csv"])
        self.assertEqual(sorted(self.ask("submit", "july.csv", "july.X")), ["july.XLSX"])
        self.assertEqual(sorted(self.ask("carry", "ju")), ["july-folder", "july.sealed"])
        self.assertEqual(self.ask("agent", "--folder", "ju"), ["july-folder"])
        self.assertIn("july.txt", self.ask("document", "send", "plan", "ju"))

    def test_names_are_only_names(self):
        """A name with what a shell would run is neither run nor offered."""
        self.assertTrue("touch pwned" in self.province.run("units", "--kept", check=0).stdout)
        self.assertEqual(self.ask("total", "x"), [])
        self.assertFalse(os.path.exists(os.path.join(self.place, "pwned")))

    def test_without_a_home(self):
        home = new_directory()
        self.assertEqual(self.ask("total", "--home", home, "22"), [])
        other = self.environment() | {"FUPIN_HOME": home}
        done = subprocess.run(["bash", "--norc", "-c", ASK, "ask", BASH, FUPIN, "total", "--home", self.province.home, "农"],
                              capture_output=True, text=True, check=True, env=other)
        self.assertIn("农安县", done.stdout)

    # ---------------------------------------------------------------- on a terminal

    def type_keys(self, shell, setup, cases):
        """Types each text and a TAB; the line has to become what is expected."""
        pid, terminal = pty.fork()
        if not pid:
            os.chdir(self.place)
            os.execvpe(shell[0], shell, self.environment() | {"PS1": "> ", "HOME": self.place})
        seen = bytearray()

        def comes(pattern, seconds):
            until = time.monotonic() + seconds
            while not re.search(pattern, seen.decode(errors="replace")):
                if not select.select([terminal], [], [], max(0, until - time.monotonic()))[0]:
                    return False
                seen.extend(os.read(terminal, 4096))
            return True

        def wait(pattern, again=b""):
            """What was typed before the shell's line editor was there is lost on it: it is typed again."""
            for _ in range(10):
                if comes(pattern, 3 * SLOW):
                    return
                if again:
                    seen.clear()
                    os.write(terminal, b"\x15" + again)
            raise AssertionError(f"{pattern} did not come: {seen.decode(errors='replace')!r}")
        try:
            os.write(terminal, (setup + "; echo rea''dy\n").encode())
            wait(r"(?m)^ready")
            for typed, becomes in cases:
                seen.clear()
                os.write(terminal, (typed + "\t").encode())
                wait(becomes, (typed + "\t").encode())
                os.write(terminal, b"\x15")
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(terminal)

    CASES = (("fupin bull", r"fupin bulletin "), ("fupin total --fun", r"--funds "), ("fupin total 农安", r"农安县 "),
             ("fupin total 22 --by pref", r"prefecture "), ("fupin agent --folder jul", r"july-folder/"),
             ("fupin history 220122 2013-04 vil", r"village "))

    def test_bash_on_a_terminal(self):
        self.type_keys(["bash", "--norc", "--noprofile", "-i"], "bind 'set enable-bracketed-paste off'; . " + shlex.quote(BASH), self.CASES)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_on_a_terminal(self):
        setup = (f"unsetopt zle_bracketed_paste; fpath=({shlex.quote(os.path.dirname(ZSH))} $fpath); autoload -Uz compinit; compinit -u -D")
        self.type_keys(["zsh", "-f", "-i"], setup, self.CASES + (("fupin submit july.X", r"july\.XLSX "),))


if __name__ == "__main__":
    unittest.main()
