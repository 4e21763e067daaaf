"""What the session calls: the start of a life of the board, and a program of it, as pyexec_file does it."""

import __main__
import random
from builtins import execfile
from micropython import kbd_intr


def begin():
    """Its memory may be that of an earlier life, whose numbers must not come again."""
    random.seed()


def run(name):
    execfile(name, __main__.__dict__)
