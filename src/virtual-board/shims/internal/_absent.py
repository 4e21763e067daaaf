"""Hides names of the interpreter that the board's build lacks.

ESP8266: what ports/esp8266/mpconfigport.h turns off. On either chip: the WebAssembly port's bridge to JavaScript.
Methods of built-in types, such as str.partition, cannot be hidden: a lint refuses them in device-py.
"""

import builtins
import sys
from _facts import IS_ESP32

_MODULES = {
    "binascii": "crc32",
    "hashlib": "md5",
    "math": "tau inf nan factorial isclose expm1 log2 log10 cosh sinh tanh acosh asinh atanh erf erfc gamma lgamma",
    "random": "randrange randint choice random uniform",
}
_NAMES = "compile execfile complex"
_BRIDGE = ("js", "jsffi")


def hide():
    for name in _BRIDGE:
        sys.modules[name] = _module(name)
    if IS_ESP32:
        return
    for name in _NAMES.split():
        setattr(builtins, name, _nothing(name))
    for name, absent in _MODULES.items():
        _narrow(name, absent.split())


def _module(name):
    """A new module without content."""
    import _blank

    del sys.modules["_blank"]
    _blank.__name__ = name
    return _blank


def _narrow(name, absent):
    real = __import__(name)
    module = _module(name)
    for attribute in dir(real):
        if attribute not in absent and attribute != "__name__":
            setattr(module, attribute, getattr(real, attribute))
    sys.modules[name] = module
    if name in ("binascii", "hashlib", "random"):
        sys.modules["u" + name] = module


def _nothing(name):
    def missing(*args, **kwargs):
        raise NameError("name '{}' isn't defined".format(name))

    return missing
