"""sys, as on the board."""

import sys as _real
from collections import namedtuple
from _facts import FACTS, IS_ESP32, VERSION, VERSION_TEXT
from _stdio import stdin, stdout, stderr

# Releases before 1.25 do not name their build.
_build = [FACTS["buildName"]] if "buildName" in FACTS else []
_Implementation = namedtuple(
    "implementation", ["name", "version", "_machine", "_mpy"] + ["_build"] * len(_build)
)

# Missing in the ESP8266's build.
_ABSENT = () if IS_ESP32 else ("ps1", "ps2")

platform = FACTS["chip"]
version = "3.4.0; MicroPython " + VERSION_TEXT
implementation = _Implementation(
    "micropython", VERSION + ("",), FACTS["build"]["machine"], FACTS["build"]["mpy"], *_build
)

# No __getattr__: lookups of optional names, as in a class body, would get its exception.
for _name in dir(_real):
    if not _name.startswith("__") and _name not in _ABSENT and _name not in globals():
        globals()[_name] = getattr(_real, _name)
