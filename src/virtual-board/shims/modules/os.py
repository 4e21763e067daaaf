"""os: the interpreter's own file functions, and what names the board."""

import random
from collections import namedtuple
from _os import chdir, getcwd, ilistdir, listdir, mkdir, mount, remove, rename, rmdir, stat, statvfs, umount, unlink
from _facts import FACTS, IS_ESP32, VERSION_TEXT
import _board

# Version of Espressif's SDK in the ESP8266's firmware (system_get_sdk_version); the ESP32's names its own.
_RELEASE = FACTS["version"] if IS_ESP32 else "2.2.0-dev(9422289)"
_Uname = namedtuple("uname", ("sysname", "nodename", "release", "version", "machine"))

sep = "/"


def uname():
    return _Uname(
        FACTS["chip"],
        FACTS["chip"],
        _RELEASE,
        VERSION_TEXT,
        FACTS["build"]["machine"],
    )


def urandom(count):
    return bytes(random.getrandbits(8) for _ in range(count))


def dupterm(stream, index=0):
    """Slot 1 is the UART: None takes the REPL off it."""
    if index == 1:
        _board.attach_uart(stream is not None)


def dupterm_notify(stream):
    pass
