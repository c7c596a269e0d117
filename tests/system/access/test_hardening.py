"""What the compiler and the linker put into every program of ours against faults in memory: cmake/hardening.cmake."""
import os
import subprocess
import unittest

from harness import BUILD

BUILT = ("fupind", "fupin", "libfupin.so")


def readelf(option, name):
    """What readelf says, in its own language, about a file that was built."""
    return subprocess.run(["readelf", "--wide", option, os.path.join(BUILD, name)], capture_output=True, text=True,
                          check=True, env={**os.environ, "LC_ALL": "C"}).stdout


@unittest.skipIf(os.environ.get("FUPIN_SLOW"), "sanitizers have checks of their own")
class Hardening(unittest.TestCase):
    def each_matches(self, option, pattern, names=BUILT):
        for name in names:
            self.assertRegex(readelf(option, name), pattern, name)

    def test_programs_lie_anywhere(self):
        self.each_matches("--file-header", r"Type:\s+DYN ")
        self.each_matches("--dynamic", r"\(FLAGS_1\).*\bPIE\b", ("fupind", "fupin"))

    def test_what_the_loader_filled_in_is_read_only(self):
        self.each_matches("--program-headers", r"\n\s+GNU_RELRO\s")
        self.each_matches("--dynamic", r"\(FLAGS\)\s+.*\bBIND_NOW\b")

    def test_data_is_not_run(self):
        self.each_matches("--program-headers", r"\n\s+GNU_STACK\s+(?:0x\w+\s+){5}RW  ")
        for name in BUILT:
            self.assertNotRegex(readelf("--program-headers", name), r"\n\s+LOAD\s+(?:0x\w+\s+){5}.WE", name)

    def test_stacks_and_lengths_are_checked(self):
        self.each_matches("--dyn-syms", r"UND __stack_chk_fail\b")
        self.each_matches("--dyn-syms", r"UND __\w+(?<!stack)_chk\b")

    def test_jumps_go_where_they_may(self):
        if os.uname().machine == "x86_64":
            # The property of the whole needs libc's start code to have it; each function's begins with endbr64.
            for name in BUILT:
                with open(os.path.join(BUILD, name), "rb") as file:
                    self.assertGreater(file.read().count(b"\xf3\x0f\x1e\xfa"), 100, name)


if __name__ == "__main__":
    unittest.main()
