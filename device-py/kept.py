"""Values of the user's own fields of the form, in a file. On a board only if there are such fields."""

import json
import os
import sys

_FILE = "portal_fields.json"


def read(rows):
    """Return the stored values by name, and defaults for what is missing; all are str.

    rows: see index.described().
    """
    out = {}
    for row in rows:
        out[row[0]] = row[3]
    try:
        with open(_FILE) as file:
            values = json.load(file)
        for name in values:
            out[name] = str(values[name])
    except OSError:
        pass  # missing
    except Exception as error:  # damaged: the portal must start anyway
        print("Invalid", _FILE, error)
    return out


def save(values):
    """Store the values, also for a program that has read them; nothing is written if nothing changes."""
    try:
        if values != read(()):
            with open(_FILE + ".new", "w") as file:
                json.dump(values, file)
            os.rename(_FILE + ".new", _FILE)  # the old ones are kept until the new ones are complete
        if "portal" in sys.modules:
            sys.modules["portal"].fields.update(values)
    except Exception as error:  # also no memory: the network is stored anyway
        print("Fields not stored:", error)
