"""libfupin as a program finds it that is built elsewhere."""
import glob
import os
import subprocess

from harness import new_directory
from places import BUILD

# Does with the library what its words say; its head has them.
LIBRARY_C = os.path.join(os.path.dirname(os.path.abspath(__file__)), "library.c")


class Installed:
    """The library as `cmake --install` leaves it, and how to compile with it."""

    def __init__(self):
        self.directory = new_directory()
        self.path = os.path.join(self.directory, "installed")
        subprocess.run(["cmake", "--install", BUILD, "--prefix", self.path], check=True, capture_output=True)
        self.header = os.path.join(self.path, "include", "fupin.h")
        configuration = glob.glob(os.path.join(self.path, "**", "fupin.pc"), recursive=True)[0]
        self.libraries = os.path.dirname(os.path.dirname(configuration))
        self.flags = subprocess.run(["pkg-config", "--cflags", "--libs", "fupin"], check=True, capture_output=True, text=True,
                                    env=dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(configuration))).stdout.split()

    def compile(self, source, *options):
        program = os.path.join(self.directory, os.path.basename(source).split(".")[0])
        subprocess.run([os.environ.get("FUPIN_CC", "cc"), *os.environ.get("FUPIN_CFLAGS", "").split(), "-std=gnu11", "-Wall", "-Wextra",
                        "-Werror", *options, source, "-o", program, *self.flags, "-pthread", "-Wl,-rpath," + self.libraries], check=True)
        return program
