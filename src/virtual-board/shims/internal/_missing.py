"""Modules that the firmware of this chip has and a virtual board lacks: the ImportError has the reason."""

import builtins
import sys
from _facts import IS_ESP32, VERSION

_NETWORK = "a virtual board opens no connections to the outside"
_PINS = "the pins of a virtual board lead nowhere"
_RADIO = "the radio of a virtual board has WiFi alone"
_OWN_LOOP = "the interpreter's own needs a browser"

_REASONS = {
    "asyncio": _OWN_LOOP,
    "uasyncio": _OWN_LOOP,
    "dht": _PINS,
    "ds18x20": _PINS,
    "mip": _NETWORK,
    "neopixel": _PINS,
    "ntptime": _NETWORK,
    "onewire": _PINS,
    "requests": _NETWORK,
    "ssl": _NETWORK,
    "tls": _NETWORK,
    "urequests": _NETWORK,
    "webrepl": _NETWORK,
    "webrepl_setup": _NETWORK,
    "websocket": _NETWORK,
}
if IS_ESP32:
    _REASONS.update(
        {
            "aioespnow": _RADIO,
            "bluetooth": _RADIO,
            "espnow": _RADIO,
            "umqtt": _NETWORK,
            "upysh": "not part of this package",
        }
    )

# Built into the interpreter, and not into firmware of this age.
_LATER = ("deflate",) if VERSION < (1, 21) else ()

_import = builtins.__import__


def _import_or_explain(name, *args):
    if name in _LATER:
        raise ImportError("no module named '{}'".format(name))
    try:
        return _import(name, *args)
    except ImportError as e:
        module = name.split(".")[0]
        text = "no module named '{}'".format(module)
        # Not raised if the user's own module of that name failed to import.
        if module not in _REASONS or str(e) not in (text, text[:-1] + name[len(module) :] + "'"):
            raise
        raise ImportError("{}: firmware has it, {}".format(text, _REASONS[module]))


def explain():
    if _LATER:
        import _uzlib

        sys.modules["uzlib"] = sys.modules["zlib"] = _uzlib
    builtins.__import__ = _import_or_explain
