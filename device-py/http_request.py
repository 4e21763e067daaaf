"""An HTTP request, taken in pieces of any size. No sockets here.

Only what a portal needs is kept: method, path, Host, Origin and the body.
"""


class Request:
    """Fed by feed() until that returns True; then status is 0, or what to refuse the request with."""

    method = None  # str, once the first line is in
    host = None  # lower case, with the port if one was given
    origin = None
    path = b""  # without the query
    body = b""  # in the head the line under way
    status = 0
    size = 0  # bytes of the head so far; -1 in the body
    length = None  # what Content-Length says
    # What the server keeps with it: the pieces of the reply still to come, once there is one, what of the
    # last ones is still to be sent, and what to call when all has left.
    chunks = None
    rest = b""
    then = None

    def feed(self, data):
        """Take data (bytes); return True when no more is needed."""
        data = self.body + data
        while self.size >= 0:
            end = data.find(b"\n") + 1
            if self.size + (end or len(data)) > 2048:
                self.status = 431
            elif not end:
                break
            else:
                self.size += end
                try:
                    self.take(data[:end].rstrip(b"\r\n"))
                except ValueError:
                    self.status = 400
                data = data[end:]
            if self.status:
                self.body = b""
                return True
        self.body = data
        if self.size < 0 and len(data) >= (self.length or 0):
            self.body = data[: self.length or 0]
            return True
        return False

    def take(self, line):
        """Take a line of the head; a ValueError makes the request a bad one."""
        if not self.method:
            if line:  # RFC 9112, 2.2: skip empty lines before the first
                method, path, version = line.split(b" ")
                path = path.split(b"?", 1)[0]
                if path.startswith(b"http://"):  # as sent to a proxy; its host counts
                    path = path[7:].split(b"/", 1)
                    self.host = path[0].lower()
                    path = b"/" + path[1] if path[1:] else b"/"
                if not (version.startswith(b"HTTP/1.") and method.isalpha() and method.isupper()):
                    raise ValueError
                self.method = str(method[:16], "utf-8")
                self.path = path
        elif line:
            name, value = line.split(b":", 1)
            name = name.lower()
            value = value.strip().lower()
            if not name:
                raise ValueError
            if name == b"host":
                self.host = value if self.host is None else self.host
            elif name == b"origin":
                self.origin = value
            elif name == b"transfer-encoding":
                self.status = 411
            elif name == b"content-length":
                if not value.isdigit() or self.length not in (None, int(value)):
                    raise ValueError
                self.length = int(value)
                if self.length > 1024:
                    self.status = 413
        elif self.path[:1] != b"/" and self.method != "OPTIONS":
            raise ValueError
        else:
            self.size = -1
