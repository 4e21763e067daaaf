"""What the portal does with a request: its own pages and actions, and the way to them from anywhere else."""

from page import send, shown
from server import load, printable


def is_ours(host, names):
    """Tell whether a Host means this board: an address that reached us does, as does no Host at all."""
    if host[:1] == b"[":
        return not host.strip(b"0123456789abcdef.:[]")
    if host.strip(b"0123456789.:"):
        return host.split(b":")[0] in names
    return not host or len(host.split(b".")) == 4


def reply(signing, request):
    """Return (iterator of bytes, function to call once they have left, or None), and log the request."""
    method = request.method
    host = request.host or b""
    ours = is_ours(host, signing.names)
    status = request.status
    then = None
    if status:
        page = "refused"
    else:
        status, page, then = _answer(signing, request, method, host, ours)
    print("HTTP {} {} {}".format(status, method or "-", printable(host[:64]) + printable(request.path[:64])))
    extra = ""
    url = signing.url
    if status == 302:
        if ours and host:
            url = "http://{}/".format(str(host, "utf-8"))
        extra = "Location: {}\r\n".format(url)
    elif status == 405 or method == "OPTIONS":
        extra = "Allow: GET, HEAD, POST, OPTIONS\r\n"
    if method == "HEAD":
        then = None
    return send(status, page, _slots(signing, status, url), extra, method == "HEAD"), then


def _answer(signing, request, method, host, ours):
    """Return status, page (a name, or its bytes), and what to call once it has left."""
    path = request.path
    if method == "OPTIONS":
        return 204, b"", None
    if method == "POST":
        # Old browsers send no Origin.
        if not ours or request.origin not in (None, b"http://" + (host or signing.portal.ap_ip.encode())):
            return 403, "refused", None
    elif method not in ("GET", "HEAD"):
        return 405, "refused", None
    elif signing.probe:
        found = signing.probe(host, path)
        if found:
            return found
    if path in (b"/favicon.ico", b"/wpad.dat"):
        return 404, "refused", None
    if ours:
        if signing.address and path == b"/done":
            return 200, "done", signing.done
        if method == "POST":
            if path == b"/login" and signing.takes_form():
                return load("form").login(signing, request.body)
            if path == b"/scan" and signing.takes_form():
                return 200, "scanning", signing.rescan
        elif path in (b"/", b"/status"):
            if signing.address:
                return 200, "connected", signing.seen
            return 200, "index" if signing.takes_form() else "connecting", None
    return 302, "moved", None


def _slots(signing, status, url):
    """Return what the pages show: the portal's state as it is now, for as long as a reply takes."""
    ssid = shown(signing.ssid)
    listed = not ssid
    for network in signing.networks:
        listed = listed or network[0] == signing.ssid
    attempt = signing.attempt
    return {
        "ssid": ssid,
        "reason": (signing.reason or "").encode(),
        "problem": signing.problem,
        "networks": signing.networks,
        "other": b"" if listed else ssid,
        "checked": b"" if signing.networks and listed else b" checked",
        "essid": shown(signing.essid),
        "url": url.encode(),
        "try": str(attempt and attempt.tries or 1).encode(),
        "address": (signing.address or "").encode(),
        "status": str(status).encode(),
    }
