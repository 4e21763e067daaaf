"""One client of the HTTP server: its request, and the reply. Loaded while there are clients."""

from common import after, is_over, load
from micropython import const

_POLLIN = const(1)
_POLLOUT = const(4)
_EAGAIN = const(11)


def parse(sock, client):
    """Read a request in pieces of any size, keep what the portal needs; yield while it is incomplete.

    Return (status, method, path, host, origin, body, ours). status: 0, or the HTTP status of the refusal;
    path: without the query; host: in lower case, with the port if any; ours: the host is an IP address or
    missing.
    """
    method = b"-"
    path = host = body = b""  # in the head, body is the unfinished line
    origin = None
    status = length = 0
    size = 0  # bytes of the head so far; -1 in the body
    end = after(5000)
    while not status and (size >= 0 or len(body) < length):
        data = receive(sock)
        if not data:
            if data == b"" or is_over(end):
                raise OSError(_EAGAIN)
            yield
            continue
        if not (size or body):
            client[1] = after(500)
        body += data
        while size >= 0 and not status:
            at = body.find(b"\n") + 1
            if size + (at or len(body)) > 2048:
                status = 431
            elif not at:
                break
            else:
                size += at
                line = body[:at].strip(b"\r\n")
                body = body[at:]
                try:
                    if path:
                        if not line:
                            size = -1
                            break
                        name, value = line.lower().split(b":", 1)
                        value = value.strip()
                        if name == b"host":
                            host = value
                        elif name == b"origin":
                            origin = value
                        elif name == b"content-length":
                            if not value.isdigit():
                                raise ValueError
                            length = int(value)
                            if length > 1024:
                                status = 413
                                length = 0
                        elif name == b"transfer-encoding":
                            status = 411
                        elif name == b"expect":
                            status = 417
                    elif line:  # RFC 9112, 2.2: skip empty lines before the first
                        method, path, version = line.split(b" ")
                        if not (path and version.startswith(b"HTTP/1.") and method.isalpha()):
                            raise ValueError
                        path = path.split(b"?", 1)[0] or b"/"
                except ValueError:
                    status = 400
    ours = not (host.strip(b"0123456789.:") or host.startswith(b":"))
    if host.endswith(b":80"):
        host = host[:-3]
    return status, method, path, host, origin, body[:length], ours


def attend(portal, conn, shared, client):
    """Serve one client; an error affects this client only.

    conn: what accept() returns; shared: this function, pages.reply and templates.render, or None while they
    are not loaded, and all clients; client: see captive_http.serve().
    """
    sock = conn[0]
    poller = portal.poller
    signing = portal.signing
    then = page = None
    try:
        try:
            sock.setblocking(False)
            poller.register(sock, _POLLIN)
            visitor = conn[1][0]
            request = yield from parse(sock, client)
            client[1] = after(500)
            client[2] = 9999
            status = request[0]
            # One module after the other: together they take too much memory.
            if request[1] == b"POST" and not status:
                shared[1] = shared[2] = None
                status, page, then = load("forms").submit(signing, request, visitor)
            shared[1] = shared[1] or load("pages").reply
            block, page, then = shared[1](signing, request, visitor, status, page, then)
            if signing.joining or len(shared[3]) > 1:
                shared[1] = None  # others need its memory
            blocks = (block,)
            if page:
                shared[2] = shared[2] or load("templates").render
                blocks = shared[2](signing, block, page, visitor)
            request = None  # frees memory while sending
            for block in blocks:
                end = None
                while block:
                    try:
                        sent = sock.send(block)
                        # No copy: render() has the block in any case.
                        block = sent < len(block) and memoryview(block)[sent:]
                        end = None
                    except OSError as error:
                        end = end or after(5000)
                        if error.args[0] != _EAGAIN or is_over(end):
                            raise
                        poller.register(sock, _POLLOUT)
                        yield
            # Closing before all is read would reset the connection; after a refusal more may arrive.
            poller.register(sock, _POLLIN)
            end = after(1000 if status else 9)
            while not is_over(end):
                yield
                if sock in portal.ready and receive(sock) == b"":
                    break
        finally:
            sock.close()
            poller.unregister(sock)
            if then:
                then()  # also if the phone disconnected before the reply was sent
    except Exception as error:  # also a bug, or no memory: the portal must continue
        # errno from EAGAIN (a time-out) on is the normal end of a connection.
        if not isinstance(error, OSError) or error.args[0] < _EAGAIN:
            print("HTTP server exception:", repr(error))


def receive(sock):
    """Return what has arrived, b"" at the end, None if nothing has."""
    try:
        return sock.recv(256)
    except OSError as error:
        if error.args[0] != _EAGAIN:
            raise
