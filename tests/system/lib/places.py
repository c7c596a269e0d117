"""Where sources and programs are: for tests that need no centre."""
import os

SOURCE = os.environ["FUPIN_SOURCE"]
BUILD = os.environ["FUPIN_BUILD"]
