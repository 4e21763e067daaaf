"""socket: lwIP's as MicroPython shows it (extmod/modlwip.c), over functions of the host."""

import io
from _wait import interruptible
import _board

AF_INET = 2
AF_INET6 = 10
SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_RAW = 3
SOL_SOCKET = 1
SO_REUSEADDR = 4
SO_BROADCAST = 32
IPPROTO_IP = 0
IPPROTO_TCP = 6
IP_ADD_MEMBERSHIP = 1024
IP_DROP_MEMBERSHIP = 1025
TCP_NODELAY = 1
MSG_PEEK = 1
MSG_DONTWAIT = 8

_EAGAIN = 11
_EHOSTUNREACH = 113


def _checked(function, *args):
    result = interruptible(function, *args)
    if isinstance(result, int) and result < 0:
        raise OSError(-result)
    return result


def _sender():
    """Whoever reaches the board from this computer is a client of its access point, or of the router."""
    return (_board.socket_remote_address(), _board.socket_remote_port())


def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    if not all(c in "0123456789." for c in host):
        raise OSError(-2)
    return [(AF_INET, SOCK_STREAM, 0, "", (host or "0.0.0.0", port))]


class socket(io.IOBase):
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=0, *, _accepted=None, _timeout=-1):
        self._is_stream = type == SOCK_STREAM
        self._timeout = _timeout
        self._socket_id = _accepted or _checked(_board.socket_open, self._is_stream)

    def bind(self, address):
        _checked(_board.socket_bind, self._socket_id, address[1])

    def listen(self, backlog=4):
        _checked(_board.socket_listen, self._socket_id, backlog)

    def accept(self):
        number = _checked(_board.socket_accept, self._socket_id, self._timeout)
        connection = socket(_accepted=number, _timeout=self._timeout)
        return connection, _sender()

    def connect(self, address):
        raise OSError(_EHOSTUNREACH)

    def recv(self, size, flags=0):
        return self._receive(size, flags)

    def recvfrom(self, size, flags=0):
        data = self.recv(size, flags)
        return data, _sender()

    def _receive(self, size, flags=0):
        timeout = 0 if flags & MSG_DONTWAIT else self._timeout
        peek = bool(flags & MSG_PEEK)
        return _checked(_board.socket_receive, self._socket_id, size, peek, timeout)

    def send(self, data):
        if isinstance(data, str):
            data = data.encode()
        return _checked(_board.socket_send, self._socket_id, data, self._timeout)

    def sendall(self, data):
        if isinstance(data, str):
            data = data.encode()
        view = memoryview(data)
        while len(view):
            view = view[self.send(view) :]

    def sendto(self, data, address):
        if isinstance(data, str):
            data = data.encode()
        return _checked(_board.socket_send_to, self._socket_id, data, address[1])

    def setblocking(self, flag):
        self._timeout = -1 if flag else 0

    def settimeout(self, seconds):
        self._timeout = -1 if seconds is None else int(seconds * 1000)

    def setsockopt(self, level, option, value):
        pass

    def makefile(self, mode="r", buffering=0):
        return self

    def readinto(self, buf, size=-1):
        """What has arrived; None when that is nothing yet and the socket does not block."""
        try:
            data = self._receive(len(buf) if size < 0 else min(size, len(buf)))
        except OSError as e:
            if e.errno != _EAGAIN:
                raise
            return None
        buf[: len(data)] = data
        return len(data)

    def read(self, size=-1):
        """All of size bytes, or what comes before the end or before it would block."""
        out = b""
        while size < 0 or len(out) < size:
            buf = bytearray(512 if size < 0 else size - len(out))
            count = self.readinto(buf)
            if not count:
                return None if count is None and not out else out
            out += buf[:count]
        return out

    def readline(self, size=-1):
        out = b""
        while not out.endswith(b"\n") and (size < 0 or len(out) < size):
            buf = bytearray(1)
            count = self.readinto(buf)
            if not count:
                return None if count is None and not out else out
            out += buf
        return out

    def write(self, data, size=-1):
        if isinstance(data, str):
            data = data.encode()
        view = memoryview(data) if size < 0 else memoryview(data)[:size]
        done = 0
        while done < len(view):
            try:
                done += self.send(view[done:])
            except OSError as e:
                if e.errno != _EAGAIN:
                    raise
                return done or None
        return done

    def ioctl(self, request, arg):
        if request == 4:  # MP_STREAM_CLOSE
            self.close()
        return 0

    def close(self):
        if self._socket_id:
            _board.socket_close(self._socket_id)
            self._socket_id = 0

    def __repr__(self):
        return "<socket id={}>".format(self._socket_id)
