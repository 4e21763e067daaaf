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

# No __getattr__: whoever looks for a name that may be missing, as a class body does, would get its exception.
for _name in dir(_real):
    if not _name.startswith("__") and _name not in _ABSENT and _name not in globals():
        globals()[_name] = getattr(_real, _name)
