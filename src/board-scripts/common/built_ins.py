"""Imports nothing but built-in modules, whatever is on the board's filesystem.

Names with a `u` in front mean them in all of MicroPython 1.x (since 1.21 as aliases), and are not what a
program that ran before has imported from a file. The path names no folder; before 1.18 it must not be empty.
"""

try:
    import usys as sys
except ImportError:
    import sys
sys.path[:] = ["*"]
import uos as os
