"""Replaces modules of the interpreter by the shims. Runs once, before any program of the board."""

import sys

_FOLDER = sys.path[:]

# With an empty path only built-in modules are found: these are the ones that the shims build on.
sys.path.clear()
import os, time, vfs
import micropython
import builtins

sys.modules["_os"] = os
sys.modules["_time"] = time
sys.modules["_real_vfs"] = vfs
sys.path.extend(_FOLDER)

_NAMES = ["os", "time", "socket", "select", "network", "machine", "esp", "_files", "_run", "_setup"]
from _facts import IS_ESP32, VERSION

if IS_ESP32:
    _NAMES.append("esp32")
for _name in _NAMES:
    sys.modules.pop(_name, None)
    _module = __import__(_name)
    sys.modules[_name] = _module
    if not _name.startswith("_"):
        sys.modules["u" + _name] = _module

import _sys, _micropython, _stdio, _vfs

builtins.input = _stdio.input
sys.modules["sys"] = sys.modules["usys"] = _sys
sys.modules["vfs"] = _vfs
sys.modules["micropython"] = sys.modules["umicropython"] = _micropython

if VERSION < (1, 21):
    import _uzlib

    sys.modules["uzlib"] = sys.modules["zlib"] = _uzlib

import _absent, _files

_absent.hide()
vfs.umount("/")
if _files.exist():
    vfs.mount(_files.VfsLfs2(), "/")
# The ESP8266 searches the root in any current directory.
sys.path[:] = ["", "/lib", _files.LIBRARY] if IS_ESP32 else ["", "/lib", "/", _files.LIBRARY]
del sys.modules["_board"]
