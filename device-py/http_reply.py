"""The head of an HTTP reply, and short replies as a whole. No sockets here."""

HTML = "text/html; charset=utf-8"
TEXT = "text/plain"
ALLOW = "Allow: GET, HEAD, POST, OPTIONS\r\n"


def _word(status):
    # A table of them all would take half a kilobyte, and no client reads them.
    return "OK" if status < 300 else "Found" if status == 302 else "Refused"


def head(status, length, kind=HTML, extra=""):
    """Return the bytes up to the body; extra holds whole header lines, each with its CRLF."""
    return (
        (
            "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
            "Connection: close\r\nCache-Control: no-store\r\n{}\r\n"
        )
        .format(status, _word(status), kind, length, extra)
        .encode()
    )


def whole(status, body, kind=HTML, extra=""):
    """Yield a short reply; body is bytes."""
    yield head(status, len(body), kind, extra)
    yield body


def redirect(url):
    """Yield a 302 to url (str, made of safe characters only); iOS wants a body in it."""
    body = '<!doctype html><title>WiFi setup</title><p><a href="{}">Set up WiFi</a></p>'.format(url)
    return whole(302, body.encode(), HTML, "Location: {}\r\n".format(url))


def plain(status):
    """Yield a reply that only says its status, as a small page."""
    body = "<!doctype html><title>{0}</title><p>{0}</p>".format(status)
    return whole(status, body.encode(), HTML, ALLOW if status == 405 else "")
