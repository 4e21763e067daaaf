"""One client of the HTTP server: its request, and the reply. Loaded while there are clients."""

import select

from common import after, is_over, load


class Request:
    """A request, parsed in pieces of any size. Keeps only what the portal needs. No sockets here.

    Call update() until it returns True; then status is 0, or the HTTP status of the refusal.
    """

    method = "-"
    path = b""  # without the query; empty until the first line is in
    host = b""  # lower case, with the port if one was given
    ours = True  # the host is an IP address or missing: the request is for this board
    origin = None
    body = b""  # in the head: the unfinished line
    status = 0
    size = 0  # bytes of the head so far; -1 in the body
    length = 0  # Content-Length

    def update(self, data):
        """Parse data (bytes); return True when the request is complete."""
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
                    self.take(data[:end].strip(b"\r\n"))
                except ValueError:
                    self.status = 400
                data = data[end:]
            if self.status:
                return True
        self.body = data if self.size >= 0 else data[: self.length]
        return self.size < 0 and len(data) >= self.length

    def take(self, line):
        """Parse a line of the head; ValueError means a bad request."""
        if not self.path:
            if line:  # RFC 9112, 2.2: skip empty lines before the first
                method, path, version = line.split(b" ")
                if not (path and version.startswith(b"HTTP/1.") and method.isalpha()):
                    raise ValueError
                self.method = str(method[:16], "utf-8")
                self.path = path.split(b"?", 1)[0] or b"/"
        elif line:
            name, value = line.lower().split(b":", 1)
            value = value.strip()
            if name == b"host":
                self.host = value[:-3] if value.endswith(b":80") else value
                self.ours = not (value.strip(b"0123456789.:") or value.startswith(b":"))
            elif name == b"origin":
                self.origin = value
            elif name == b"content-length":
                if not value.isdigit():
                    raise ValueError
                self.length = int(value)
                if self.length > 1024:
                    self.status = 413
            elif name == b"transfer-encoding":
                self.status = 411
            elif name == b"expect":
                self.status = 417
        else:
            self.size = -1


def attend(portal, conn, shared, client):
    """Serve one client; an error affects this client only.

    conn: what accept() returns; shared[1]: templates.render once it is loaded;
    client[1]: time from which it may be closed for others.
    """
    sock = conn[0]
    poller = portal.poller
    signing = portal.signing
    then = None
    try:
        try:
            sock.setblocking(False)
            poller.register(sock, select.POLLIN)
            request = Request()
            request.visitor = conn[1][0]
            end = after(5000)
            while True:
                data = yield from retry(sock.recv, 256, end)
                if not data:
                    return
                if not request.path:
                    client[1] = after(500)
                if request.update(data):
                    break
                yield
            status = request.status
            page = None
            # One module after the other: together they take too much memory.
            if request.method == "POST" and not status:
                status, page, then = load("forms").submit(signing, request)
            piece, page, then = load("pages").reply(signing, request, status, page, then)
            pieces = (piece,)
            if page:
                shared[1] = shared[1] or load("templates").render
                problem = signing.problem if request.visitor == signing.visitor else None
                pieces = shared[1](signing, piece, page, problem)
            request = data = None  # frees memory while sending
            poller.register(sock, select.POLLOUT)
            for piece in pieces:
                while piece:
                    piece = piece[(yield from retry(sock.send, piece, after(5000))) :]
            # Closing before all is read would reset the connection; after a refusal more may arrive.
            poller.register(sock, select.POLLIN)
            end = after(1000 if status else 9)
            while (yield from retry(sock.recv, 256, end)):
                yield
        finally:
            sock.close()
            poller.unregister(sock)
            if then:
                then()  # also if the phone disconnected before the reply was sent
    except Exception as error:  # also a bug, or no memory: the portal must continue
        # errno from 11 on is the normal end of a connection; 11 is a time-out.
        if not isinstance(error, OSError) or error.args[0] < 11:
            print("HTTP server exception:", repr(error))


def retry(step, value, end):
    """Return step(value), yielding while it would block."""
    while not is_over(end):
        try:
            return step(value)
        except OSError as error:
            if error.args[0] != 11:  # EAGAIN
                raise
        yield
    raise OSError(11)
