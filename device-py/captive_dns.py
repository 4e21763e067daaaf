"""Captive DNS: every question for an IPv4 address gets the board's own."""

import errno
import socket

from micropython import const
from server import Server
from text import printable

_PORT = const(53)
_HEADER = const(12)  # bytes; RFC 1035, section 4.1.1
_MAX_NAME = const(255)  # bytes
_ANSWER = const(16)  # bytes: pointer, type, class, TTL, length, address
_BATCH = const(8)  # datagrams in one wake-up, so that HTTP gets its turn

# After the header the name fills at most 255 bytes, type and class 4.
_OUT_SIZE = const(287)


def question_end(query):
    """Return where the name of the only question ends in query, 0 when this is no plain question."""
    size = len(query)
    if size < _HEADER + 5 or query[2] & 0xF8:
        return 0  # too short, a response, or not a standard query
    # One question, and no answers or authorities; additional records (EDNS) are ignored.
    if query[4] or query[5] != 1 or query[6] or query[7] or query[8] or query[9]:
        return 0
    at = _HEADER
    while query[at]:
        at += query[at] + 1 if query[at] < 64 else size  # 64 and more: pointers, which cannot be here
        if at >= size or at - _HEADER >= _MAX_NAME:
            return 0
    return at + 1 if at + 5 <= size else 0


def answer(query, addr4, out):
    """Fill out (bytearray, 287 bytes) with the reply to query; return its length, 0 to stay silent."""
    name_end = question_end(query)
    if not name_end:
        return 0
    end = name_end + 4
    out[:end] = memoryview(query)[:end]
    out[2] = 0x84 | query[2] & 1  # response, authoritative, recursion as it was asked for
    out[3] = 0x80  # recursion available, no error
    out[10] = out[11] = 0  # our reply has no additional records
    # Type A of class IN; for all others "no such record" makes the phone fall back to A at once.
    if query[name_end] or query[name_end + 1] != 1 or query[name_end + 2] or query[name_end + 3] != 1:
        return end
    out[7] = 1
    # The name by a pointer to it, A, IN, a TTL of 10 s (phones must forget us soon), 4 bytes.
    out[end : end + 12] = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x0a\x00\x04"
    out[end + 12 : end + _ANSWER] = addr4
    return end + _ANSWER


def question_name(query, name_end):
    """Return the name asked for as bytes, with dots; name_end is what question_end returned."""
    labels = []
    at = _HEADER
    while at < name_end - 1:
        labels.append(query[at + 1 : at + 1 + query[at]])
        at += query[at] + 1
    return b".".join(labels)


class DNSServer(Server):
    def __init__(self, poller, ip_addr):
        super().__init__(poller, _PORT, socket.SOCK_DGRAM, "DNS Server")
        self.ip_addr = ip_addr
        self.addr4 = bytes([int(part) for part in ip_addr.split(".")])
        self.out = bytearray(_OUT_SIZE)
        self.listening(_PORT)

    def handle(self, sock, event):
        """Answer what has come in; a POLLHUP alone, of which old firmware sends storms, finds nothing."""
        if sock is not self.sock:
            return False
        try:
            for _ in range(_BATCH):
                self._answer_one()
        except OSError as error:
            if error.args[0] != errno.EAGAIN:
                print("DNS server exception: {}".format(error))
        return True

    def _answer_one(self):
        query, sender = self.sock.recvfrom(512)
        length = answer(query, self.addr4, self.out)
        if length:
            name = question_name(query, question_end(query))
            print("Sending {}. -> {}".format(printable(name), self.ip_addr))
            self.sock.sendto(memoryview(self.out)[:length], sender)
