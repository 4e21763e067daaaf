"""socket: lwIP's as MicroPython shows it (extmod/modlwip.c), over functions of the host."""

from _stream import Stream as _Stream
from _facts import IS_ESP32 as _IS_ESP32
from _wait import interruptible as _interruptible
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
_NOTHING = object()


def _checked(function, *args):
    result = _interruptible(function, *args)
    if isinstance(result, int) and result < 0:
        raise OSError(-result)
    return result


def _sender():
    """Clients on this computer are clients of the board's access point, or of the router."""
    return (_board.socket_remote_address(), _board.socket_remote_port())


def getaddrinfo(_host, _port, _family=0, _type=0, _proto=0, _flags=0):
    if not all(c in "0123456789." for c in _host):
        raise OSError(-2)
    return [(AF_INET, SOCK_STREAM, 0, "", (_host or "0.0.0.0", _port))]


class socket(_Stream):
    def __init__(self, _family=AF_INET, _type=SOCK_STREAM, _proto=0, _file=_NOTHING, *, _accepted=None, _timeout=-1):
        if _IS_ESP32 and _file is not _NOTHING:
            raise TypeError("function expected at most 3 arguments, got 4")
        self._is_stream = _type == SOCK_STREAM
        self._timeout = _timeout
        self._socket_id = _accepted or _checked(_board.socket_open, self._is_stream)

    def bind(self, _address):
        _checked(_board.socket_bind, self._socket_id, _address[1])

    def listen(self, _backlog=4):
        _checked(_board.socket_listen, self._socket_id, _backlog)

    def accept(self):
        number = _checked(_board.socket_accept, self._socket_id, self._timeout)
        connection = socket(_accepted=number, _timeout=self._timeout)
        return connection, _sender()

    def connect(self, _address):
        raise OSError(_EHOSTUNREACH)

    def recv(self, _size, _flags=0):
        return self._receive(_size, _flags)

    def recvfrom(self, _size, _flags=0):
        data = self._receive(_size, _flags)
        return data, _sender()

    def _receive(self, size, flags=0):
        timeout = 0 if flags & MSG_DONTWAIT else self._timeout
        peek = bool(flags & MSG_PEEK)
        return _checked(_board.socket_receive, self._socket_id, size, peek, timeout)

    def send(self, _data):
        if isinstance(_data, str):
            _data = _data.encode()
        return _checked(_board.socket_send, self._socket_id, _data, self._timeout)

    def sendall(self, _data):
        if isinstance(_data, str):
            _data = _data.encode()
        view = memoryview(_data)
        while len(view):
            view = view[self.send(view) :]

    def sendto(self, _data, _address):
        if isinstance(_data, str):
            _data = _data.encode()
        return _checked(_board.socket_send_to, self._socket_id, _data, _address[1])

    def setblocking(self, _flag):
        self._timeout = -1 if _flag else 0

    def settimeout(self, _seconds):
        self._timeout = -1 if _seconds is None else int(_seconds * 1000)

    def setsockopt(self, _level, _option, _value):
        pass

    def makefile(self, _mode="r", _buffering=0):
        return self

    if _IS_ESP32:

        def fileno(self):
            return self._socket_id

    def _fill(self, view):
        """Received data; None without data on a non-blocking socket."""
        try:
            data = self._receive(len(view))
        except OSError as e:
            if e.errno != _EAGAIN:
                raise
            return None
        view[: len(data)] = data
        return len(data)

    def read(self, _size=-1):
        """_size bytes, or fewer at the end or where it would block."""
        out = b""
        while _size < 0 or len(out) < _size:
            buf = bytearray(512 if _size < 0 else _size - len(out))
            count = self.readinto(buf)
            if not count:
                return None if count is None and not out else out
            out += buf[:count]
        return out

    def readline(self, _size=-1):
        out = b""
        while not out.endswith(b"\n") and (_size < 0 or len(out) < _size):
            buf = bytearray(1)
            count = self.readinto(buf)
            if not count:
                return None if count is None and not out else out
            out += buf
        return out

    def _put(self, view):
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
