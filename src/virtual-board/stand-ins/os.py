"""os: the interpreter's own file functions, and what names the board."""

import json
import random
from collections import namedtuple
from _os import chdir, getcwd, ilistdir, listdir, mkdir, mount, remove, rename, rmdir, stat, statvfs, umount, unlink
import _board

_version = json.loads(_board.facts())["version"]
_Uname = namedtuple("uname", ("sysname", "nodename", "release", "version", "machine"))

sep = "/"


def uname():
    return _Uname(
        "esp8266",
        "esp8266",
        _version,
        "v{} on 2025-12-09".format(_version),
        "ESP module with ESP8266",
    )


def urandom(count):
    return bytes(random.getrandbits(8) for _ in range(count))


def dupterm(stream, index=0):
    """Slot 1 is the UART: None takes the REPL off it."""
    if index == 1:
        _board.attach_uart(stream is not None)


def dupterm_notify(stream):
    pass
