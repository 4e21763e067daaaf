"""Pages, streamed from their files in flash a line at a time, so that no page is ever held in memory.

In a file `{{name}}` stands for a slot: bytes, or a function that returns an iterable of bytes. A name
that is no slot is the file `name.html`, put in its place.
"""

from text import escape, printable


def render(name, slots):
    """Yield the pieces (bytes) of the page file `name.html`."""
    with open(name + ".html", "rb") as file:
        while True:
            line = file.readline()
            if not line:
                return
            parts = line.split(b"{{")
            yield parts[0]
            for part in parts[1:]:
                end = part.find(b"}}")
                for piece in _slot(str(part[:end], "utf-8"), slots):
                    yield piece
                yield part[end + 2 :]


def _slot(name, slots):
    value = slots.get(name)
    if value is None:
        return render(name, slots)
    return (value,) if isinstance(value, bytes) else value()


def size(name, slots):
    """Return the length of a page in bytes; its slots must give the same when it is rendered next."""
    return sum(len(piece) for piece in render(name, slots))


def shown(ssid):
    """Return an SSID as HTML; one that is no clean text shows its bytes as escapes."""
    return escape(printable(ssid).encode())


def network_rows(networks, chosen):
    """Yield a radio button for each (ssid, rssi, secure); chosen (bytes) is the one to be checked."""
    number = 0
    for ssid, rssi, secure in networks:
        bars = 1 + (rssi > -80) + (rssi > -70) + (rssi > -60)
        slots = {
            "number": str(number).encode(),
            "name": shown(ssid),
            "bars": str(bars).encode(),
            "percent": str(bars * 25).encode(),
            "checked": b" checked" if ssid == chosen else b"",
        }
        if not secure:
            slots["lock"] = b""
        for piece in render("row", slots):
            yield piece
        number += 1
