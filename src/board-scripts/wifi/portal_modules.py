"""Lets the modules of the portal be imported, and defines how programs answer: as JSON in hex on the last
line, since those modules print lines of their own."""

import ubinascii as binascii
import ujson as json
from built_ins import sys

sys.path[:] = [""]
import common

load = common.load


def answer(value):
    print()
    print(binascii.hexlify(json.dumps(value).encode()).decode())
