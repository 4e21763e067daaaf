"""An HTTP request, taken in pieces of any size. No sockets here.

Only what a portal needs is kept: method, path, Host, Origin and the body.
"""

from micropython import const

_MAX_HEAD = const(2048)  # bytes
_MAX_BODY = const(1024)  # bytes


class Request:
    """Fed by feed() until that returns True; then status is 0, or what to refuse the request with."""

    def __init__(self):
        self.method = None  # str, once the first line is in
        self.path = b""  # without the query
        self.host = None  # lower case, with the port if one was given
        self.origin = None
        self.body = b""
        self.status = 0
        self._line = bytearray()
        self._head_size = 0
        self._length = None  # what Content-Length says
        self._missing = None  # bytes of the body still to come; None in the head

    def feed(self, data):
        """Take data (bytes); return True when no more is needed."""
        at = 0
        while self._missing is None and not self.status:
            end = data.find(b"\n", at)
            stop = len(data) if end < 0 else end + 1
            self._head_size += stop - at
            if self._head_size > _MAX_HEAD:
                self.status = 431
                break
            self._line.extend(data[at:stop])
            if end < 0:
                return False
            at = stop
            line = bytes(self._line).rstrip(b"\r\n")
            self._line = bytearray()
            self.status = self._take_line(line)
        if self.status:
            return True
        part = data[at : at + self._missing]
        self.body += part
        self._missing -= len(part)
        return not self._missing

    def _take_line(self, line):
        if self.method is None:
            return self._take_first(line) if line else 0  # RFC 9112, 2.2: skip empty lines before it
        if line:
            return self._take_header(line)
        if self.path[:1] != b"/" and self.method != "OPTIONS":
            return 400
        self._missing = self._length or 0
        return 0

    def _take_first(self, line):
        parts = line.split(b" ")
        if len(parts) != 3 or not parts[2].startswith(b"HTTP/1.") or len(parts[0]) > 16:
            return 400
        target = parts[1].split(b"?", 1)[0]
        if target.startswith(b"http://"):  # as sent to a proxy; its host counts
            slash = target.find(b"/", 7)
            self.host = target[7 : slash if slash > 0 else len(target)].lower()
            target = target[slash:] if slash > 0 else b"/"
        if not parts[0].isalpha() or not parts[0].isupper():
            return 400
        self.method = str(parts[0], "utf-8")
        self.path = target
        return 0

    def _take_header(self, line):
        colon = line.find(b":")
        if colon < 1:
            return 400
        name = line[:colon].lower()
        value = line[colon + 1 :].strip()
        if name == b"host":
            if self.host is None:
                self.host = value.lower()
        elif name == b"origin":
            self.origin = value.lower()
        elif name == b"transfer-encoding":
            return 411
        elif name == b"content-length":
            if not value.isdigit() or self._length not in (None, int(value[:9])):
                return 400
            self._length = int(value[:9])
            if self._length > _MAX_BODY or len(value) > 9:
                return 413
        return 0
