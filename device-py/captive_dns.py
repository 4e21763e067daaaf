"""Captive DNS: every question for an IPv4 address gets the board's own."""

import socket

from server import Server, printable


def answer(query, addr4, out):
    """Fill out (bytearray, 287 bytes) with the reply to query; return its length, 0 to stay silent."""
    end = len(query)
    # After a header of 12 bytes (RFC 1035, section 4.1.1) one standard query, no answers or authorities;
    # additional records (EDNS) are ignored.
    if end < 17 or query[2] & 0xF8 or query[4:10] != b"\0\1\0\0\0\0":
        return 0
    at = 12
    while query[at]:
        at += query[at] + 1 if query[at] < 64 else 512  # 64 and more: pointers, which cannot be here
        if at + 5 > end or at > 266:  # a name has 255 bytes at most
            return 0
    end = at + 5  # type and class
    out[:end] = memoryview(query)[:end]
    out[2] = 0x84 | query[2] & 1  # response, authoritative, recursion as it was asked for
    out[3] = 0x80  # recursion available, no error
    out[10] = out[11] = 0  # our reply has no additional records
    # Type A of class IN; for all others "no such record" makes the phone fall back to A at once.
    if query[at + 1 : end] != b"\0\1\0\1":
        return end
    out[7] = 1
    # The name by a pointer to it, A, IN, a TTL of 10 s (phones must forget us soon), 4 bytes.
    out[end : end + 16] = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x0a\x00\x04" + addr4
    return end + 16


class DNSServer(Server):
    def __init__(self, poller, ip_addr, out):
        super().__init__(poller, 53, socket.SOCK_DGRAM, "DNS Server")
        self.ip_addr = ip_addr
        self.addr4 = bytes([int(part) for part in ip_addr.split(".")])
        self.out = out

    def handle(self):
        """Answer what has come in, a few at a time, so that HTTP gets its turn."""
        try:
            for _ in range(8):
                query, sender = self.sock.recvfrom(512)
                length = answer(query, self.addr4, self.out)
                if length:
                    self.log(query)
                    self.sock.sendto(memoryview(self.out)[:length], sender)
        except OSError as error:
            if error.args[0] != 11:  # EAGAIN
                print("DNS server exception: {}".format(error))

    def log(self, query):
        parts = []
        at = 12
        while query[at]:
            parts.append(query[at + 1 : at + 1 + query[at]])
            at += query[at] + 1
        print("Sending {}. -> {}".format(printable(b".".join(parts)), self.ip_addr))
