"""Which page shows what: the portal's state, poured into the page files."""

import http_reply
import page


def _send(status, name, slots):
    """Yield a whole reply: the page is read twice, to know its length before its first byte."""
    yield http_reply.head(status, page.size(name, slots))
    for piece in page.render(name, slots):
        yield piece


def form(signing, status=200, ssid=None, problem=None):
    """The form with the networks; problem names the page file that says what was wrong with the last one."""
    reason = b""
    if ssid is None:
        ssid = signing.ssid
        if signing.reason:
            problem = "failed"
            reason = signing.reason.encode()
    networks = signing.networks
    listed = not ssid or any([ssid == network[0] for network in networks])
    slots = {
        "ssid": page.shown(ssid),
        "reason": reason,
        "networks": lambda: page.network_rows(networks, ssid),
        "other": b"" if listed else page.shown(ssid),
        "checked": b"" if networks and listed else b" checked",
    }
    slots["problem"] = (lambda: page.render(problem, slots)) if problem else b""
    return _send(status, "index", slots)


def connecting(signing, essid, url):
    """What is seen while the board tries; the phone may lose the board in the meantime."""
    slots = {
        "ssid": page.shown(signing.ssid),
        "essid": page.shown(essid),
        "url": url.encode(),
        "try": str(signing.station.tries or 1).encode(),
    }
    return _send(200, "connecting", slots)


def scanning():
    return _send(200, "scanning", {})


def connected(signing):
    return _send(
        200, "connected", {"ssid": page.shown(signing.ssid), "address": signing.station.address.encode()}
    )


def done(essid):
    return _send(200, "done", {"essid": page.shown(essid)})
