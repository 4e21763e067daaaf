"""Runs a program of the board's, as pyexec_file_if_exists does."""

import __main__
import os
from builtins import execfile
from micropython import kbd_intr


def run_if_exists(name):
    try:
        os.stat(name)
    except OSError:
        return
    execfile(name, __main__.__dict__)
