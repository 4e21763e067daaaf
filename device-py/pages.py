"""Answers requests: selects the page, or redirects to it."""

from common import load, printable


def reply(signing, request, status, page, then):
    """Log a request; return (head, with a short body; name of the page or None; function to call when sent).

    status, page, then: the result of a form, otherwise 0 and None.
    """
    method = request.method
    path = request.path
    host = request.host
    extra = ""
    if status or method == "POST":
        pass
    elif method == "OPTIONS":
        page = b""
    elif method not in ("GET", "HEAD"):
        status = 405
    elif path in (b"/favicon.ico", b"/wpad.dat"):
        status = 404
    else:
        if signing.is_online:
            page = load("probes").answer(host, path)
        if page is None and request.ours and path == b"/":
            page = signing.portal.form if signing.asking() else "wait"
            if signing.address:
                page = "connected"
                then = signing.seen
    if page is not None:
        status = 200 if page else 204
    else:
        status = status or 302
        url = "http://{}/".format(str(host, "utf-8")) if request.ours and host else signing.slots["url"]
        page = '<a href="{}">Set up WiFi</a>\n'.format(url).encode()
        if status == 302:
            extra = "Location: {}\r\n".format(url)
    if status in (204, 405):
        extra = "Allow: GET, HEAD, POST, OPTIONS\r\n"
    print("HTTP", status, method, printable((host + path)[:128]))
    body = b""
    if isinstance(page, bytes):
        extra += "Content-Length: {}\r\n".format(len(page))
        body = page
        page = None
    head = "HTTP/1.1 {} \r\nContent-Type: text/html\r\nConnection: close\r\nCache-Control: no-store\r\n{}\r\n"
    head = head.format(status, extra).encode()
    if method == "HEAD":
        return head, None, then
    return head + body, page, then
