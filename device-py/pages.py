"""Answers requests: the portal's pages and actions, and redirects to them."""

from common import load, printable, shown

_HEAD = "HTTP/1.1 {} \r\nContent-Type: text/html\r\nConnection: close\r\nCache-Control: no-store\r\n{}\r\n"


def reply(signing, request):
    """Return (iterable of bytes, function to call when they are sent, or None), and log the request."""
    method = request.method
    path = request.path
    host = request.host
    # A host that is an IP address, or missing, is this board.
    ours = not (host.strip(b"0123456789.:") or host.startswith(b":"))
    is_form = signing.asking()
    status = request.status
    page = then = None
    extra = ""
    if status:
        pass
    elif method == "POST":
        # Old browsers send no Origin.
        if not ours or request.origin not in (None, b"http://" + host):
            status = 403
        elif signing.address and path == b"/done":
            page = "done"
            then = signing.done
        elif is_form and path == b"/login":
            page, then = load("forms").login(signing, request)
        elif is_form and path == b"/scan":
            signing.update(task="Looking for networks")
            page = "wait"
            then = signing.rescan
    elif method == "OPTIONS":
        page = b""
    elif method not in ("GET", "HEAD"):
        status = 405
    elif path in (b"/favicon.ico", b"/wpad.dat"):
        status = 404
    else:
        if signing.probe:
            page = signing.probe(host, path)
        if page is None and ours and path == b"/":
            page = signing.portal.form if is_form else "wait"
            if signing.address:
                page = "connected"
                then = signing.seen
    if page is not None:
        status = 200 if page else 204
    else:
        status = status or 302
        url = "http://{}/".format(str(host, "utf-8")) if ours and host else signing.slots["url"]
        page = '<a href="{}">Set up WiFi</a>\n'
        page = page.format(url).encode()
        if status == 302:
            extra = "Location: {}\r\n".format(url)
    if status in (204, 405):
        extra = "Allow: GET, HEAD, POST, OPTIONS\r\n"
    print("HTTP", status, method, printable((host + path)[:128]))
    is_bytes = isinstance(page, bytes)
    if is_bytes:
        extra += "Content-Length: {}\r\n".format(len(page))
    head = _HEAD.format(status, extra).encode()
    if method == "HEAD":
        return (head,), then
    if is_bytes:
        return (head + page,), then
    return send(signing, head, page, signing.problem if request.visitor == signing.visitor else None), then


def send(signing, block, page, problem):
    """Yield block, the head of the reply, and the page of this name, in blocks.

    Iterating over a file would read it byte by byte, and each block is a packet on the air.
    problem: error of the last form, "" if none; None if another phone sent it.
    """
    with open("head.html", "rb") as file:
        while True:
            data = file.read(200)
            if not data:
                break
            yield block + data
            block = b""
    # Templates of str.format, line by line, so that no page is in memory as a whole.
    typed = "" if problem is None else signing.slots["ssid"]
    rest = b""
    with open(page + ".html", "rb") as file:
        while True:
            data = file.read(64)
            rest += data
            while rest:
                end = rest.find(b"\n") + 1
                if data and not end:
                    break
                line = str(rest[: end or 999], "utf-8")
                rest = rest[end or 999 :]
                # The line is repeated for each network.
                for network in signing.networks if "{name}" in line else (None,):
                    if len(block) > 150:
                        yield block
                        block = b""
                    if network is None:
                        checked = "checked" if typed or not signing.networks else ""
                        block += line.format(
                            other=checked, typed=typed, problem=problem or "", **signing.slots
                        ).encode()
                        continue
                    name = shown(network[1:])
                    checked = "disabled" if network[0] & 8 else ""
                    if name == typed and not checked:
                        typed = ""
                        checked = "checked"
                    block += line.format(
                        name=name,
                        checked=checked,
                        note=("open", "", "enterprise: not supported")[network[0] >> 2 & 3],
                        bars=1 + (network[0] & 3),
                    ).encode()
            if not data:
                break
    yield block
