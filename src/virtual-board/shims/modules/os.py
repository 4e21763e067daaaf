"""os: the interpreter's file functions, and the board's names."""

from random import getrandbits as _getrandbits
from collections import namedtuple as _namedtuple
from _os import chdir, getcwd, ilistdir, listdir, mkdir, mount, remove, rename, rmdir, stat, statvfs, umount, unlink
from _facts import FACTS as _FACTS, IS_ESP32 as _IS_ESP32, VERSION_TEXT as _VERSION_TEXT
import _board

# Version of Espressif's SDK in the ESP8266's firmware (system_get_sdk_version); the ESP32's names its own.
_RELEASE = _FACTS["version"] if _IS_ESP32 else "2.2.0-dev(9422289)"
_Uname = _namedtuple("uname", ("sysname", "nodename", "release", "version", "machine"))
_STREAMS = [None] if _IS_ESP32 else [None, "uart"]

sep = "/"


def uname():
    return _Uname(
        _FACTS["chip"],
        _FACTS["chip"],
        _RELEASE,
        _VERSION_TEXT,
        _FACTS["build"]["machine"],
    )


def urandom(_count):
    return bytes(_getrandbits(8) for _ in range(_count))


def dupterm(_stream, _index=0):
    """An ESP8266's slot 1 is the UART: None takes the REPL off it."""
    if not 0 <= _index < len(_STREAMS):
        raise ValueError("invalid dupterm index")
    previous = _STREAMS[_index]
    _STREAMS[_index] = _stream
    if _index == 1:
        _board.attach_uart(_stream is not None)
    return previous


def dupterm_notify(_stream):
    pass
