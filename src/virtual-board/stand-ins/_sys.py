"""sys, as an ESP8266 shows it."""

import sys as _real
import json
from collections import namedtuple
from _stdio import stdin, stdout, stderr
import _board

_version = json.loads(_board.facts())["version"]
_numbers = tuple(int(n) for n in _version.split("."))
_Implementation = namedtuple("implementation", ("name", "version", "_machine", "_mpy", "_build"))

platform = "esp8266"
version = "3.4.0; MicroPython v{} on 2025-12-09".format(_version)
# Format 6.3, architecture xtensa.
implementation = _Implementation(
    "micropython", _numbers + ("",), "ESP module with ESP8266", 9990, "ESP8266_GENERIC"
)


def __getattr__(name):
    return getattr(_real, name)
