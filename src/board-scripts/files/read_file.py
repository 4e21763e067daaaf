"""Prints a file in hex, '-' for one that is not there."""

import ubinascii as binascii
from parameters import PATH

try:
    file = open(PATH, "rb")
    print(binascii.hexlify(file.read()).decode())
    file.close()
except OSError as error:
    if error.args[0] != 2:
        raise
    print("-")
