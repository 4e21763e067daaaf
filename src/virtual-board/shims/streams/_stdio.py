"""Standard streams on the UART, as shared/runtime/sys_stdio_mphal.c has them."""

from _stream import Stream
from _wait import interruptible
import _board

_EPERM = 1


def _byte():
    return interruptible(_board.stdin_byte)


class _Standard(Stream):
    def close(self):
        return self

    def ioctl(self, request, arg):
        return 0


class _Binary(_Standard):
    def _fill(self, view):
        at = 0
        while at < len(view):
            got = interruptible(_board.stdin_bytes, len(view) - at)
            view[at : at + len(got)] = got
            at += len(got)
        return at

    def _put(self, view):
        _board.stdout_write(view)
        return len(view)

    def read(self, _size=-1):
        buf = bytearray()
        while _size < 0 or len(buf) < _size:
            buf.append(_byte())
        return bytes(buf)

    def readline(self, _size=-1):
        line = b""
        while not line.endswith(b"\n") and (_size < 0 or len(line) < _size):
            line += self.read(1)
        return line


_binary = _Binary()


class _Text(_Standard):
    """Carriage returns arrive as newlines, and newlines leave with a carriage return."""

    buffer = _binary

    def __init__(self, descriptor):
        self._descriptor = descriptor

    def _input_only(self):
        if self._descriptor != 0:
            raise OSError(_EPERM)

    def _fill(self, view):
        self._input_only()
        for i in range(len(view)):
            b = _byte()
            view[i] = 10 if b == 13 else b
        return len(view)

    def _put(self, view):
        if self._descriptor == 0:
            raise OSError(_EPERM)
        _board.stdout_write(bytes(view).replace(b"\n", b"\r\n"))
        return len(view)

    def read(self, _size=-1):
        self._input_only()
        buf = bytearray()
        count = 0
        while _size < 0 or count < _size:
            b = _byte()
            buf.append(10 if b == 13 else b)
            lead = buf[-1]
            for _ in range((lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)):
                buf.append(_byte())
            count += 1
        return str(buf, "utf-8")

    def readline(self, _size=-1):
        line = ""
        while not line.endswith("\n") and (_size < 0 or len(line) < _size):
            line += self.read(1)
        return line


stdin = _Text(0)
stdout = _Text(1)
stderr = _Text(2)


def input(_prompt=""):
    """Reads a line with minimal editing: backspace, and Ctrl-D on an empty line ends."""
    print(_prompt, end="")
    line = ""
    while True:
        c = stdin.read(1)
        if c == "\n":
            print()
            return line
        if c == "\x04" and not line:
            print()
            raise EOFError
        if c in "\x08\x7f":
            if line:
                line = line[:-1]
                print("\x08 \x08", end="")
        elif c >= " ":
            line += c
            print(c, end="")
