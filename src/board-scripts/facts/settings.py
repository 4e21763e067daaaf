"""Prints of each of the portal's options its name, its literal, and its value where that is text or a
number: as JSON in hex, on the last line, since the module may print something itself. One that is missing
or broken counts as empty, as it does for the portal."""

import ujson as json
import ubinascii as binascii
from built_ins import sys

options = []
sys.path[:] = [""]
try:
    import portal_config

    for name in portal_config.OPTIONS:
        value = portal_config.OPTIONS[name]
        options.append((name, repr(value), value if type(value) in (str, int) else None))
    del portal_config
    # What the pages show is not in OPTIONS, so that it takes no memory.
    for line in open("portal_config.py"):
        if line[:6] == "#page ":
            name, value = json.loads(line[6:])
            options.append((name, "", value))
except Exception:
    options = []
sys.modules.pop("portal_config", 0)
sys.path[:] = ["*"]
print()
print(binascii.hexlify(json.dumps(options).encode()).decode())
