"""select over the board's sockets and its UART."""

import json as _json
from _wait import interruptible as _interruptible
import _board

POLLIN = 1
POLLOUT = 4
POLLERR = 8
POLLHUP = 16

_POLLNVAL = 32
_STDIN = -1


def _wait(watched, timeout_ms):
    """Return [index, events] pairs for the [id, events] pairs that are ready."""
    return _json.loads(_interruptible(_board.poll, _json.dumps(watched), timeout_ms))


def _id(stream):
    number = getattr(stream, "_socket_id", None)
    if number is not None:
        return number
    if hasattr(stream, "ioctl"):
        return _STDIN
    raise OSError(22)


class _Poll:
    def __init__(self):
        self._watched = []

    def _find(self, stream):
        for entry in self._watched:
            if entry[0] is stream:
                return entry

    def register(self, _stream, _events=POLLIN | POLLOUT):
        entry = self._find(_stream)
        _id(_stream)
        if entry:
            entry[1] = _events
        else:
            self._watched.append([_stream, _events])

    def modify(self, _stream, _events):
        entry = self._find(_stream)
        if not entry:
            raise OSError(2)
        entry[1] = _events

    def unregister(self, _stream):
        entry = self._find(_stream)
        if entry:
            self._watched.remove(entry)

    def poll(self, _timeout=-1):
        watched = self._watched[:]
        pairs = [[_id(stream), events] for stream, events in watched]
        closed = [(stream, _POLLNVAL) for stream, events in watched if _id(stream) == 0]
        if closed:
            return closed
        return [(watched[i][0], events) for i, events in _wait(pairs, -1 if _timeout is None else _timeout)]

    def ipoll(self, _timeout=-1, _flags=0):
        for stream, events in self.poll(_timeout):
            if _flags & 1:
                self.modify(stream, 0)
            yield (stream, events)


def poll():
    return _Poll()


def select(_readers, _writers, _errors, _timeout=None):
    streams = []
    pairs = []
    for group, events in ((_readers, POLLIN), (_writers, POLLOUT), (_errors, 0)):
        for stream in group:
            streams.append((stream, events))
            pairs.append([_id(stream), events])
    result = ([], [], [])
    for i, events in _wait(pairs, -1 if _timeout is None else int(_timeout * 1000)):
        stream, asked = streams[i]
        if asked == POLLIN and events & (POLLIN | POLLHUP):
            result[0].append(stream)
        elif asked == POLLOUT and events & (POLLOUT | POLLHUP):
            result[1].append(stream)
        elif asked == 0 and events & POLLERR:
            result[2].append(stream)
    return result
