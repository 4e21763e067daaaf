"""The host's functions. A call is a read: the request is in the frame, and the answer takes its place.

Nothing but bytes crosses; see interpreter/host-channel.ts for the layout.
"""

import json
from struct import pack_into, unpack_from

_NUMBER = 1
_TEXT = 2
_BYTES = 3
_ERROR = 4
_HEADER = 5  # bytes
_FRAME = 256  # bytes; enough for most calls

_device = open("/dev/board", "r+b")
# Kept for the next call, since this interpreter collects no garbage while a program runs.
_frames = []


def _room(frame, size):
    if size > len(frame):
        frame.extend(bytes(size - len(frame)))


def _call(number, args):
    # A separate frame, because code run by micropython.schedule may call the host at any time.
    frame = _frames.pop() if _frames else bytearray(_FRAME)
    frame[0] = number
    frame[1] = len(args)
    at = 2
    for arg in args:
        if isinstance(arg, (str, bytes, bytearray, memoryview)):
            kind = _BYTES
            if isinstance(arg, str):
                kind = _TEXT
                arg = arg.encode()
            end = at + _HEADER + len(arg)
            _room(frame, end)
            pack_into("<BI", frame, at, kind, len(arg))
            frame[at + _HEADER : end] = arg
            at = end
        else:
            _room(frame, at + 9)
            pack_into("<Bd", frame, at, _NUMBER, arg)
            at += 9
    _device.readinto(frame)
    answer = _answer(frame)
    _frames.append(frame)
    return answer


def _answer(frame):
    kind = frame[0]
    if kind == _NUMBER:
        return unpack_from("<i", frame, 1)[0]
    end = _HEADER + unpack_from("<I", frame, 1)[0]
    if end > len(frame):
        _room(frame, end)
        frame[0] = 0
        _device.readinto(frame)
    answer = memoryview(frame)[_HEADER:end]
    if kind == _BYTES:
        return bytes(answer)
    answer = str(answer, "utf-8")
    if kind == _ERROR:
        raise RuntimeError(answer)
    return answer


def _function(number):
    return lambda *args: _call(number, args)


_number = 0
for _name in json.loads(_call(0, ())):
    _number += 1
    globals()[_name] = _function(_number)
