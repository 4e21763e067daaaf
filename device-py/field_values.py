"""Values of the user's own fields of the form, in a file. On a board only if there are such fields."""

import json
import os

_FILE = "portal_fields.json"


def rows():
    """Return [name, label, type, default, is required, choices] of each field."""
    with open("custom_fields.json") as file:
        return json.load(file)


def read():
    """Return the stored values by name, and defaults for what is missing; all are str."""
    values = {}
    try:
        with open(_FILE) as file:
            values = json.load(file)
    except (OSError, ValueError):  # missing or damaged
        pass
    out = {}
    for row in rows():
        value = values.get(row[0]) if isinstance(values, dict) else None
        out[row[0]] = value if isinstance(value, str) else row[3]
    return out


def save(values):
    """Store the values; nothing is written if nothing changes."""
    temp = _FILE + ".new"
    try:
        if values == read():
            return
        with open(temp, "w") as file:
            file.write(json.dumps(values))
        os.rename(temp, _FILE)  # the old ones are kept until the new ones are complete
    except (OSError, MemoryError) as error:
        print("Could not write the form's fields:", error)
