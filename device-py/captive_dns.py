"""Captive DNS: every A question gets the board's address."""

from common import printable


def answer(query, address):
    """Return (reply, name), both bytes, or None for no reply."""
    end = len(query)
    # After a header of 12 bytes (RFC 1035, section 4.1.1) one standard query, no answers or authorities;
    # additional records (EDNS) are ignored.
    if end < 17 or query[2] & 0xF8 or query[4:10] != b"\0\1\0\0\0\0":
        return None
    name = bytearray(query)
    at = 12
    while query[at]:
        name[at] = 46  # a dot in the place of the next label's length
        at += query[at] + 1 if query[at] < 64 else 512  # 64 and more: pointers, which are invalid here
        if at + 5 > end or at > 266:  # a name has 255 bytes at most
            return None
    end = at + 5  # type and class
    # Type A of class IN; an empty answer to all others makes the phone use A at once.
    is_a = query[at + 1 : end] == b"\0\1\0\1"
    # Response, authoritative, recursion as requested, recursion available, no error; its counts.
    reply = query[:2] + bytes((0x84 | query[2] & 1, 0x80, 0, 1, 0, is_a, 0, 0, 0, 0)) + query[12:end]
    if is_a:
        # The name by a pointer to it, A, IN, a TTL of 10 s (phones must not cache it), 4 bytes.
        reply += b"\xc0\x0c\0\1\0\1\0\0\0\x0a\0\4" + address
    return reply, name[13:at]


def serve(sock, portal):
    """Answer with the portal's address, a few questions per step, so that HTTP is served, too."""
    address = portal.ap_ip
    ip = bytes(map(int, address.split(".")))
    try:
        while True:
            yield
            try:
                for _ in range(sock in portal.ready and 8):
                    query, sender = sock.recvfrom(512)
                    found = answer(query, ip)
                    if found:
                        print("Sending {}. -> {}".format(printable(found[1]), address))
                        sock.sendto(found[0], sender)
            except Exception as error:  # no memory, perhaps: this packet is dropped
                if not isinstance(error, OSError) or error.args[0] != 11:  # EAGAIN
                    print("DNS server exception:", repr(error))
    finally:
        sock.close()
        portal.poller.unregister(sock)
        print("DNS Server stopped")
