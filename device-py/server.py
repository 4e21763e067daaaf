"""What the portal's parts share: servers' sockets, text fit for a log line, modules for a while."""

import select
import socket
import sys


def load(name):
    """Import a module that is gone again once nobody uses it: an ESP8266 has 38 KB for everything."""
    module = __import__(name)
    del sys.modules[name]
    return module


class Server:
    def __init__(self, poller, port, kind, name):
        self.name = name
        self.poller = poller
        self.sock = sock = socket.socket(socket.AF_INET, kind)
        # A restart must not wait until the last run's connections have timed out.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind(socket.getaddrinfo("0.0.0.0", port)[0][-1])
        if kind == socket.SOCK_STREAM:
            sock.listen(4)
        poller.register(sock, select.POLLIN)
        print("{} listening on ('0.0.0.0', {})".format(name, port))

    def stop(self):
        self.poller.unregister(self.sock)
        self.sock.close()
        print("{} stopped".format(self.name))


def printable(raw):
    """Return str for one line of text: raw itself where it is clean UTF-8, else with escapes."""
    limit = 0x110000
    try:
        text = str(raw, "utf-8")
    except UnicodeError:
        text = raw
        limit = 127
    out = bytearray()
    for at in range(len(text)):
        c = text[at : at + 1]  # text[at] would be interned, and so stay in memory for ever
        o = ord(c)
        # Control characters could forge a line; bidirectional and invisible ones could disguise a name.
        if (
            not 31 < o < limit
            or 126 < o < 160
            or 0x200A < o < 0x2010
            or 0x2027 < o < 0x2030
            or 0x205F < o < 0x2070
            or o == 0xFEFF
        ):
            c = "\\x{:02x}".format(o)
        out.extend(c)
    return str(out, "utf-8")
