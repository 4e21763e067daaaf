"""Shared code: deadlines, escaping of untrusted text, modules loaded on demand."""

import gc
import sys
from time import ticks_add, ticks_diff, ticks_ms


def load(name):
    """Import a module that is freed when it is no longer used: an ESP8266 has a heap of 38 KB."""
    gc.collect()  # the module then fragments the memory less
    module = __import__(name)
    del sys.modules[name]
    return module


def after(ms):
    """Return the moment in ms from now, for is_over()."""
    return ticks_add(ticks_ms(), ms)


def is_over(end):
    return ticks_diff(ticks_ms(), end) >= 0


def printable(raw):
    """Return str for one line of text: raw if it is printable UTF-8, else with escapes."""
    limit = 0x110000
    try:
        text = str(raw, "utf-8")
        # Most text is plain ASCII: the slow loop below would take most of the time of a page.
        data = text.encode()
        if not data or len(data) == len(text) and 31 < min(data) and "\x7f" not in text:
            return text
    except UnicodeError:
        text = bytes(raw)  # ord() does not accept slices of a bytearray
        limit = 127
    out = bytearray()
    for at in range(len(text)):
        c = text[at : at + 1]  # text[at] would be interned and never freed
        o = ord(c)
        # Control characters could forge a line; bidirectional and invisible ones could hide a name.
        if not 31 < o < limit or 126 < o < 160 or o >> 4 in (0x200, 0x202, 0x206, 0xFEF):
            c = "\\x{:02x}".format(o)
        out.extend(c)
    return str(out, "utf-8")


def shown(text):
    """Return text (str or bytes) for a page, also within double quotes."""
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
