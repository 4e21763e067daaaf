"""What the portal does with a request: its own pages and actions, and the way to them from anywhere else."""

from page import send
from server import load, printable


def is_ours(host, hosts):
    """Tell whether a Host means this board: an address that reached us does, as does no Host at all."""
    if host[:1] == b"[":
        return not host.strip(b"0123456789abcdef.:[]")
    if host.strip(b"0123456789.:"):
        return host.split(b":")[0] in hosts
    return not host or len(host.split(b".")) == 4


def reply(signing, request):
    """Return (iterator of bytes, function to call once they have left, or None), and log the request."""
    method = request.method
    host = request.host or b""
    ours = is_ours(host, signing.hosts)
    status = request.status
    page = then = None
    if not status:
        status, page, then = answer(signing, request, method, host, ours)
    print("HTTP {} {} {}".format(status, method or "-", printable(host[:64]) + printable(request.path[:64])))
    extra = ""
    slots = signing.slots
    if page is None:
        url = "http://{}/".format(str(host, "utf-8")) if ours and host else signing.url
        slots = {"url": url.encode(), "status": str(status).encode()}
        page = "refused"
        if status == 302:
            page = "moved"
            extra = "Location: {}\r\n".format(url)
    if status in (204, 405):
        extra = "Allow: GET, HEAD, POST, OPTIONS\r\n"
    if method == "HEAD":
        then = None
    return send(status, page, slots, extra, method), then


def answer(signing, request, method, host, ours):
    """Return status, page (a name, its bytes, or None for a plain one), and what to call once it has left."""
    path = request.path
    if method == "OPTIONS":
        return 204, b"", None
    if method == "POST":
        # Old browsers send no Origin.
        if not ours or request.origin not in (None, b"http://" + (host or signing.portal.ap_ip.encode())):
            return 403, None, None
    elif method not in ("GET", "HEAD"):
        return 405, None, None
    elif signing.probe:
        found = signing.probe(host, path)
        if found:
            return found
    if path in (b"/favicon.ico", b"/wpad.dat"):
        return 404, None, None
    if ours:
        takes_form = signing.takes_form()
        if signing.address and path == b"/done":
            return 200, "done", signing.done
        if method == "POST":
            if takes_form and path == b"/login":
                return load("form").login(signing, request.body)
            if takes_form and path == b"/scan":
                return 200, "scanning", signing.rescan
        elif path in (b"/", b"/status"):
            if signing.address:
                return 200, "connected", signing.seen
            return 200, "index" if takes_form else "connecting", None
    return 302, None, None
