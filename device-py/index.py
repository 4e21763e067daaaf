"""The user's own fields in index.html: shown, and checked when a phone sends them.

On a board only if there are such fields; loaded only when needed. `install` makes their part of the page.
"""

import json

from common import load, printable, shown


def described():
    """Return [name, label, type, default, is required, choices] of each field, none of a damaged file."""
    try:
        with open("custom_fields.json") as file:
            # The 0 shows that the list was closed: json of v1.23 accepts half of one.
            rows, _ = json.loads("[" + file.read() + ",0]")
        for name, text, kind, default, _, choices in rows:
            "".join([name, text, kind, default] + choices)  # all of them are str
        return rows
    except Exception as error:  # the portal must start anyway
        print("Invalid custom_fields.json:", error)
        return ()


def update(slots, rows=None, values=None):
    """Put values into slots, which the page shows as f0, f1 and so on; passwords are never shown."""
    if rows is None:
        rows = described()
        values = load("kept").read(rows)
    # The page has up to 8 fields, and needs a text for each, though their description is damaged.
    for at in () if rows else range(8):
        slots["f{}".format(at)] = ""
    for at, row in enumerate(rows):
        slots["f{}".format(at)] = "" if row[2] == "password" else shown(values[row[0]])


def submit(signing, visitor, field, body, problem, wish):
    """Return (what is wrong or "", wish with values) for this phone's form; its next page shows the values.

    field(body, b"x") is the value of field x in bytes. An empty password stands for the stored one.
    """
    rows = described()
    values = load("kept").read(rows)
    for name, text, kind, _, wanted, choices in rows:
        raw = field(body, name.encode())
        reason = ""
        if raw or kind != "password":
            values[name], reason = decode(raw, kind, choices)
        if wanted and not (values[name] or reason):
            reason = "required"
        if reason:
            problem = problem or shown(text) + ": " + reason + "."
    slots = dict(signing.slots)
    update(slots, rows, values)
    signing.failed[(visitor,)] = slots
    return problem, wish + (values,)


def decode(raw, kind, choices):
    """Return (text of a value in bytes, what is wrong with it or "")."""
    if len(raw) > 256:  # bytes, as fields.ts has it
        return "", "too long"
    try:
        text = str(raw, "utf-8")
        if printable(raw) != text:  # control characters, invisible ones
            raise ValueError
    except ValueError:  # also a UnicodeError
        return "", "invalid"
    if not text:
        return "", ""
    if kind == "number":
        try:
            float("x" if text.strip("0123456789.eE+-") else text)  # float() also takes nan and spaces
        except ValueError:
            return text, "not a number"
    if kind == "url" and text.find(":") < 1:
        return text, "not a URL"
    if kind == "static":
        try:
            load("static_ip").parse(text)
        except ValueError:
            return text, "invalid"
    if choices and text not in choices:
        return "", "invalid"
    return text, ""
