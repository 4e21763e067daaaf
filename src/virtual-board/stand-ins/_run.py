"""Runs a program of the board's, as pyexec_file_if_exists does."""

import __main__
import os
from micropython import kbd_intr

BUILD_DATE = "2025-12-09"


def run_if_exists(name):
    try:
        os.stat(name)
    except OSError:
        return
    execfile(name, __main__.__dict__)
