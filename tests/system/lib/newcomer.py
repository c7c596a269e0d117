"""An office on its way in: invited with a code, asked for by its key, admitted."""
import hashlib
import json
import os
import re

from harness import Office
from wire import Wire

Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
FINGERPRINT = re.compile(r"\b(\d{4}(?: \d{4}){4})\b")


class Newcomer:
    """An office that has nothing yet."""

    def __init__(self, centre, name):
        self.home = os.path.join(centre.directory, "home", name)
        os.makedirs(os.path.dirname(self.home), exist_ok=True)

    run = Office.run
    command = Office.command

    def key(self, which="public"):
        with open(os.path.join(self.home, "office.key_secret"), encoding="utf-8") as file:
            return re.search(rf'{which}-key = "(.{{40}})"', file.read()).group(1)

    def wire(self, centre):
        wire = Wire(centre.endpoint, centre.centre_key(), self.key(), self.key("secret"))
        centre.wires.append(wire)
        return wire


def invite(admin, unit, *words):
    return admin.run("admin", "invite", unit, *words, check=0).stdout.strip()


def requests(admin, *words):
    return json.loads(admin.run("admin", "requests", "--format", "json", *words, check=0).stdout)


def fingerprint(result):
    return FINGERPRINT.search(result.stdout).group(1)


def enrol(admin, office, unit, *words):
    """The whole way in; returns the number of the enrolment."""
    digits = fingerprint(office.run("enroll", invite(admin, unit, *words), check=0))
    number = next(r["number"] for r in requests(admin) if r.get("fingerprint") == digits)
    admin.run("admin", "admit", number, "--fingerprint", digits, check=0)
    return number


def digits_of(key):
    """The fingerprint, as PROTOCOL.md has it."""
    data = b""
    for i in range(0, 40, 5):
        number = 0
        for character in key[i:i + 5]:
            number = number * 85 + Z85.index(character)
        data += number.to_bytes(4, "big")
    hashed = hashlib.blake2b(data, digest_size=32).digest()
    return " ".join("%04d" % (int.from_bytes(hashed[i:i + 4], "big") % 10000) for i in range(0, 20, 4))
