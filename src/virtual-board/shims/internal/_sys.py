"""sys, as the board shows it."""

import sys as _real
from collections import namedtuple
from _facts import FACTS, IS_ESP32, VERSION_TEXT
from _stdio import stdin, stdout, stderr

_numbers = tuple(int(n) for n in FACTS["version"].split("."))
_Implementation = namedtuple("implementation", ("name", "version", "_machine", "_mpy", "_build"))

# Left out of the ESP8266's build, though the interpreter has them.
_ABSENT = () if IS_ESP32 else ("ps1", "ps2")

platform = FACTS["chip"]
version = "3.4.0; MicroPython " + VERSION_TEXT
implementation = _Implementation(
    "micropython", _numbers + ("",), FACTS["build"]["machine"], FACTS["build"]["mpy"], FACTS["build"]["name"]
)


def __getattr__(name):
    if name in _ABSENT:
        raise AttributeError(name)
    return getattr(_real, name)
