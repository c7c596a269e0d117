"""How an office finds the centre: addresses as people write them, IPv6, and being told at once why there is no line."""
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from harness import BUILD, FUPIND, SLOW, Centre, new_directory, wait_for

COUNTY = 220122
ANOTHER_KEY = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
SOON = 15 * SLOW  # seconds; what waits for the time-out takes 30
FUPIN = os.path.join(BUILD, "fupin")


def has_ipv6():
    """Has the loopback an address of it?"""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


class Lines(unittest.TestCase):
    def setUp(self):
        self.centre = Centre(offices=("admin", f"county-{COUNTY}"))
        self.addCleanup(self.centre.stop)
        self.office = self.centre.offices[f"county-{COUNTY}"]

    def write_ini(self, endpoint, key=None):
        with open(os.path.join(self.office.home, "fupin.ini"), "w", encoding="utf-8") as file:
            file.write(f"[centre]\nendpoint = {endpoint}\npublic-key = {key or self.centre.centre_key()}\n")

    def told(self, *words, status, text):
        """At once; returns what was printed."""
        began = time.monotonic()
        result = self.office.run("status", *words, check=status)
        self.assertIn(text, result.stderr)
        self.assertLess(time.monotonic() - began, SOON)
        return result

    def test_no_line_is_told_at_once(self):
        self.centre.start()
        taken = socket.create_server(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.close()
        self.write_ini(f"127.0.0.1:{port}")
        self.told(status=4, text=f"nothing takes connections at tcp://127.0.0.1:{port}")
        # A name is tried by IPv4 and IPv6.
        self.write_ini(f"localhost:{port}")
        self.told(status=4, text="nothing takes connections at")
        # One of several is there.
        self.write_ini(f"127.0.0.1:{port}, {self.centre.endpoint}")
        self.office.run("status", check=0)

    def test_wrong_key_is_told_at_once(self):
        self.centre.start()
        self.write_ini(self.centre.endpoint, ANOTHER_KEY)
        self.told(status=4, text=f"breaks off before it shows the centre's key {ANOTHER_KEY}")
        # Also by what keeps its line; and what is saved waits.
        path = os.path.join(self.office.home, "a.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"kind,unit,voucher,occurred,source,amount\nraised,{COUNTY},v,2013-05-01,sector,1\n")
        agent = subprocess.Popen(self.office.command("agent"), stderr=subprocess.DEVNULL)
        self.addCleanup(agent.wait, 30 * SLOW)
        self.addCleanup(agent.send_signal, signal.SIGTERM)

        def state():
            with open(os.path.join(self.office.home, "agent.status"), encoding="utf-8") as file:
                return json.load(file)
        wait_for("the agent's word", lambda: os.path.exists(os.path.join(self.office.home, "agent.status")) and ANOTHER_KEY in state()["error"])

    def test_who_gave_a_time_waits(self):
        self.centre.start()
        endpoint = self.centre.endpoint
        self.centre.stop()
        client = subprocess.Popen(self.office.command("status", "--timeout", str(60 * SLOW)), stdout=subprocess.PIPE, text=True)
        with self.assertRaises(subprocess.TimeoutExpired):
            client.wait(2)  # refused for longer than anybody without a time waits
        self.centre.endpoint = endpoint
        self.centre.start()
        self.assertIn("this office", client.communicate(timeout=60 * SLOW)[0])
        self.assertEqual(client.returncode, 0)

    def test_as_people_write_it(self):
        self.centre.start()
        port = self.centre.endpoint.rsplit(":", 1)[1]
        for text in (f"127.0.0.1:{port}", f"TCP://127.0.0.1:{port}", f"LocalHost:{port}", f"１２７。０。０。１：{port}"):
            self.write_ini(text)
            self.office.run("status", check=0)
        for text in (f"http://127.0.0.1:{port}", "127.0.0.1:x", "省中心"):
            self.write_ini(text)
            self.assertIn(f"endpoint {text}: ", self.office.run("status", check=5).stderr)
        home = os.path.join(new_directory(), "home")
        words = [FUPIN, "keygen", "--home", home, "--centre-key", self.centre.centre_key(), "--endpoint"]
        self.assertIn("endpoint 10.0.0.7:99999: its port", subprocess.run(words + ["10.0.0.7:99999"], capture_output=True, text=True, check=False).stderr)
        subprocess.run(words + [" 10.0.0.7, Second.Example:7600"], capture_output=True, check=True)
        with open(os.path.join(home, "fupin.ini"), encoding="utf-8") as file:
            self.assertIn("endpoint = tcp://10.0.0.7:7513, tcp://second.example:7600\n", file.read())
        # The administrator's, and the centre's.
        self.assertIn("--endpoint b.c/: its host", self.centre.offices["admin"].run("admin", "invite", "220112", "--endpoint", "a b.c/", check=2).stderr)
        result = subprocess.run([FUPIND, "serve", "--endpoint", "udp://*:7513"], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("--endpoint udp://*:7513: only tcp://", result.stderr)

    def run_with_name(self, name, port):
        """A name that has both addresses: by IPv4 nothing is there."""
        hosts = os.path.join(new_directory(), "hosts")
        with open(hosts, "w", encoding="ascii") as file:
            file.write(f"127.0.0.1 localhost {name}\n::1 {name}\n")
        self.write_ini(f"{name}:{port}")
        subprocess.run(["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts, *self.office.command("status")],
                       stdout=subprocess.DEVNULL, check=True)

    @unittest.skipUnless(has_ipv6(), "no IPv6 here")
    def test_ipv6(self):
        self.centre.endpoint = "[::1]:*"
        self.centre.start()
        self.assertRegex(self.centre.endpoint, r"^tcp://\[::1\]:\d+$")
        self.office.run("status", check=0)
        port = self.centre.endpoint.rsplit(":", 1)[1]
        self.write_ini(f"[::1]:{port}")
        self.office.run("status", check=0)
        if os.geteuid() == 0:
            self.run_with_name("centre.example", port)
        self.centre.stop()
        # Every address of both kinds.
        self.centre.endpoint = "*:*"
        self.centre.start()
        port = re.search(r":(\d+)$", self.centre.endpoint).group(1)
        for host in ("127.0.0.1", "[::1]", "localhost"):
            self.write_ini(f"{host}:{port}")
            self.office.run("status", check=0)


if __name__ == "__main__":
    unittest.main()
