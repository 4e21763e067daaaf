"""Answers requests: selects the page, or redirects to it."""

from common import load, printable


def reply(signing, request, visitor, status, page, then):
    """Log a request; return (head, with a short body; name of the page or None; function to call when sent).

    request: what http_client.parse() returned; visitor: the client's address;
    status, page, then: the result of a form, otherwise 0 and None.
    """
    _, method, path, host, _, _, ours = request
    extra = ""
    if status or method == b"POST":
        pass
    elif method == b"OPTIONS":
        page = b""
    elif method not in (b"GET", b"HEAD"):
        status = 405
    elif path in (b"/favicon.ico", b"/wpad.dat"):
        status = 404
    else:
        if signing.is_online:
            page = load("probes").answer(host, path)
        if page is None and ours and path == b"/":
            page = "wait" if visitor in signing.visitors else signing.portal.form
            if signing.address:
                page = "connected"
                signing.failed = {}  # values of custom fields, without the address
                then = signing.seen
    if page is not None:
        status = 200 if page else 204
    else:
        status = status or 302
        url = "/" if ours else signing.slots["url"]  # keeps the address that the phone used
        page = '<a href="{}">Set up WiFi</a>\n'.format(url).encode()
        if status == 302:
            extra = "Location: {}\r\n".format(url)
    if status in (204, 405):
        extra = "Allow: GET, HEAD, POST, OPTIONS\r\n"
    print("HTTP", status, printable((method + b" " + host + path)[:144]))
    body = b""
    if isinstance(page, bytes):
        extra += "Content-Length: {}\r\n".format(len(page))
        body = page
        page = None
    head = "HTTP/1.1 {} \r\nContent-Type: text/html\r\nConnection: close\r\nCache-Control: no-store\r\n{}\r\n"
    head = head.format(status, extra).encode()
    if method == b"HEAD":
        return head, None, then
    return head + body, page, then
