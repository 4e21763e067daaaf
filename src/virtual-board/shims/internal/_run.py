"""Runs a program of the board's, as pyexec_file does."""

import __main__
from builtins import execfile
from micropython import kbd_intr


def run(name):
    execfile(name, __main__.__dict__)
