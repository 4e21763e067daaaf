"""Standard streams on the UART, as shared/runtime/sys_stdio_mphal.c has them."""

import io
from _wait import interruptible
import _board


def _byte():
    return interruptible(_board.stdin_byte)


class _Binary(io.IOBase):
    def readinto(self, buf, size=-1):
        for i in range(len(buf) if size < 0 else size):
            buf[i] = _byte()
        return len(buf) if size < 0 else size

    def read(self, size=-1):
        buf = bytearray()
        while size < 0 or len(buf) < size:
            buf.append(_byte())
        return bytes(buf)

    def write(self, data):
        if isinstance(data, str):
            data = data.encode()
        _board.stdout_write(data)
        return len(data)

    def ioctl(self, request, arg):
        return 0


class _Text(io.IOBase):
    """Carriage returns arrive as newlines, and newlines leave with a carriage return."""

    def __init__(self):
        self.buffer = _Binary()

    def readinto(self, buf):
        for i in range(len(buf)):
            b = _byte()
            buf[i] = 10 if b == 13 else b
        return len(buf)

    def read(self, size=-1):
        buf = bytearray()
        count = 0
        while size < 0 or count < size:
            b = _byte()
            buf.append(10 if b == 13 else b)
            lead = buf[-1]
            for _ in range((lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)):
                buf.append(_byte())
            count += 1
        return str(buf, "utf-8")

    def readline(self, size=-1):
        line = ""
        while not line.endswith("\n") and (size < 0 or len(line) < size):
            line += self.read(1)
        return line

    def write(self, data):
        length = len(data)
        if not isinstance(data, str):
            data = str(data, "utf-8")
        print(data, end="")
        return length

    def ioctl(self, request, arg):
        return 0


stdin = stdout = stderr = _Text()


def input(prompt=""):
    """Reads a line with the least of editing: backspace, and Ctrl-D on an empty line ends."""
    print(prompt, end="")
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
