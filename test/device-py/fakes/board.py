"""A board's hardware for the portal's tests: clock, radio and sockets, in virtual time.

import board puts shims for time, network, socket and select in place. board.at(ms, function) runs a
function when the clock gets there; the clock moves while the portal polls or sleeps. board.trace tells
what was done to the hardware and when.
"""

import sys

import select as _select

now = 0
trace = []
phones_around = 0  # that have joined the access point
_events = []
_sockets = []
_POLLIN, _POLLOUT, _POLLHUP = _select.POLLIN, _select.POLLOUT, _select.POLLHUP


def at(ms, function):
    place = len(_events)
    while place and _events[place - 1][0] > ms:
        place -= 1
    _events.insert(place, (ms, function))


def note(what):
    trace.append((now, what))


def advance(ms):
    global now
    if now > 3600000:
        raise RuntimeError("the portal did not come to an end within an hour")
    end = now + ms
    while _events and _events[0][0] <= end:
        due, function = _events.pop(0)
        now = max(now, due)
        function()
        for sock in _sockets:
            if sock.events():
                return
    now = end


# What `from … import` takes from a class has to be static: bound methods cannot be imported before 1.24.
class Time:
    @staticmethod
    def ticks_ms():
        return now

    @staticmethod
    def ticks_add(ticks, ms):
        return ticks + ms

    @staticmethod
    def ticks_diff(a, b):
        return a - b

    sleep_ms = staticmethod(advance)


class Socket:
    def __init__(self, family=2, kind=1):
        self.kind = kind
        self.incoming = []
        self.sent = bytearray()
        self.closed = False
        self.room = 1 << 30  # bytes that send() still takes
        self.bound = None
        self.address = "192.168.4.2"  # of a client
        self.error = None  # errno that the next recv() or send() raises
        _sockets.append(self)

    def events(self):
        if self.closed:
            return 0
        return (_POLLIN if self.incoming or self.error else 0) | (_POLLOUT if self.room else 0)

    def setsockopt(self, *args):
        pass

    def setblocking(self, flag):
        assert flag is False

    def bind(self, addr):
        self.bound = addr
        note("bind {}".format(addr[1]))

    def listen(self, backlog):
        pass

    def accept(self):
        client = self._next()
        return client, (client.address, 50000)

    def _next(self):
        if self.error:
            raise OSError(self.error)
        if not self.incoming:
            raise OSError(11)
        return self.incoming.pop(0)

    def recv(self, size):
        data = self._next()
        if len(data) > size:
            self.incoming.insert(0, data[size:])
        return bytes(data[:size])

    def recvfrom(self, size):
        return self._next()[:size], ("192.168.4.2", 40000)

    def send(self, data):
        if self.error:
            raise OSError(self.error)
        if not self.room:
            raise OSError(11)
        taken = min(len(data), self.room)
        self.room -= taken
        self.sent.extend(memoryview(data)[:taken])
        return taken

    def sendto(self, data, addr):
        self.sent.extend(data)

    def close(self):
        assert not self.closed
        self.closed = True
        _sockets.remove(self)
        for waiting in self.incoming:  # connections that were not accepted are reset
            if isinstance(waiting, Socket):
                waiting.close()


class SocketModule:
    AF_INET = 2
    SOCK_STREAM = 1
    SOCK_DGRAM = 2
    SOL_SOCKET = 1
    SO_REUSEADDR = 4

    def socket(self, family, kind):
        return Socket(family, kind)


class Poll:
    def __init__(self):
        self.wanted = {}

    def register(self, sock, events):
        self.wanted[id(sock)] = [sock, events]

    def unregister(self, sock):
        del self.wanted[id(sock)]

    # A long test polls a million times: no call a socket.
    def _ready(self):
        ready = []
        for sock, events in self.wanted.values():
            if events & _POLLOUT or sock.incoming or sock.error:
                happened = sock.events() & events
                if happened:
                    ready.append((sock, happened))
        return ready

    def ipoll(self, ms):
        ready = self._ready()
        if not ready:
            advance(ms)
            ready = self._ready()
        return ready


class SelectModule:
    POLLIN, POLLOUT, POLLHUP = _POLLIN, _POLLOUT, _POLLHUP

    poll = Poll


class Station:
    """networks: name -> (password, ms until joined, final status)."""

    static = None

    def __init__(self):
        self.networks = {}
        self.found = []
        self.is_active = False
        self.joining = self.last = None
        self.joined_at = 0

    def active(self, value=None):
        if value is not None:
            self.is_active = value
            if not value:
                self.joining = None
        return self.is_active

    def scan(self):
        assert self.is_active
        note("scan")
        advance(2000)
        # Names of their own, as a radio makes them: they count when memory is measured.
        return [(bytes(bytearray(network[0])),) + network[1:] for network in self.found]

    def connect(self, ssid=None, password=b""):
        """Without arguments, to the network of the last call."""
        note("connect {}".format(ssid))
        if ssid is not None:
            self.last = (ssid, password)
        self.joining = self.last
        self.joined_at = now + self.networks.get(self.last[0], (b"", 0))[1]

    def isconnected(self):
        return self.status() == 5

    def status(self, what=None):
        if what == "rssi":
            return 31
        if not self.joining:
            return 0
        known = self.networks.get(self.joining[0])
        if not known:
            return 3
        if now < self.joined_at:
            return 1
        return 5 if known[0] == self.joining[1] else 2

    def config(self, **settings):
        raise ValueError("unknown config param")

    def ifconfig(self, value=None):
        if value:
            self.static = None if value == "dhcp" else value
        if self.static and self.is_active:
            return self.static
        return ("10.0.0.7" if self.isconnected() else "0.0.0.0", "255.255.255.0", "10.0.0.1", "10.0.0.1")


class AccessPoint:
    def __init__(self):
        self.is_active = True
        self.settings = {}
        self.address = None

    def active(self, value=None):
        if value is not None:
            self.is_active = value
            note("AP on" if value else "AP off")
        return self.is_active

    def config(self, name=None, **settings):
        if name == "mac":
            return b"\x5e\xcf\x7f\x78\xd0\xc1"
        self.settings.update(settings)

    def isconnected(self):
        return phones_around > 0

    def ifconfig(self, value=None):
        if value:
            self.address = value
        return self.address


class Network:
    STA_IF, AP_IF = 0, 1

    def WLAN(self, which):
        return ap if which else sta


sta = Station()
ap = AccessPoint()
sys.modules["time"] = Time
sys.modules["socket"] = SocketModule()
sys.modules["select"] = SelectModule
sys.modules["network"] = Network()


class Phone:
    """One TCP connection of a phone to the portal."""

    def __init__(self, request=None, room=1 << 30):
        self.sock = Socket()
        self.sock.room = room
        if request is not None:
            self.sock.incoming.append(request)
        self.listener().incoming.append(self.sock)

    def listener(self):
        return [sock for sock in _sockets if sock.bound and sock.bound[1] == 80][0]

    def status(self):
        return bytes(self.sock.sent).split(b" ")[1] if self.sock.sent else None

    def text(self):
        return str(bytes(self.sock.sent), "utf-8")


def get(path, host="192.168.4.1"):
    return Phone("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n".format(path, host).encode())


def post(path, body=b"", host="192.168.4.1", extra=""):
    head = "POST {} HTTP/1.1\r\nHost: {}\r\n{}Content-Length: {}\r\n\r\n".format(path, host, extra, len(body))
    return Phone(head.encode() + body)


def ask_dns(query):
    [sock for sock in _sockets if sock.bound and sock.bound[1] == 53][0].incoming.append(query)


def open_sockets():
    return len(_sockets)
