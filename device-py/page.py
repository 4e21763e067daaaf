"""Pages, streamed from their files in flash a line at a time, so that no page is ever held in memory.

In a file `{{name}}` stands for a slot. Its value is bytes, or the networks' list, or the name of the file
`name.html` that is put in its place; a name that is no slot is such a file's.
"""

from server import printable


def shown(raw):
    """Return an SSID as HTML, fit for an attribute; one that is no clean text shows its bytes as escapes."""
    raw = printable(raw).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return raw.replace('"', "&quot;").replace("'", "&#39;").encode()


def send(status, page, slots, extra, method):
    """Yield a whole reply; extra holds whole header lines, each with its CRLF."""
    size = 0
    for piece in render(page, slots):  # read twice: its length comes before its first byte
        size += len(piece)
    yield (
        "HTTP/1.1 {} {}\r\nContent-Type: text/{}; charset=utf-8\r\nContent-Length: {}\r\n"
        "Connection: close\r\nCache-Control: no-store\r\n{}\r\n".format(
            status,
            # A table of them all would take half a kilobyte, and no client reads them.
            "OK" if status < 300 else "Found" if status < 400 else "Refused",
            "html" if isinstance(page, str) or page[:1] == b"<" else "plain",
            size,
            extra,
        ).encode()
    )
    if method != "HEAD":
        yield from render(page, slots)


def render(value, slots):
    """Yield the pieces (bytes) of what a slot stands for."""
    if isinstance(value, str):
        with open(value + ".html", "rb") as file:
            for line in file:
                parts = line.split(b"{{")
                yield parts[0]
                for part in parts[1:]:
                    name, part = part.split(b"}}", 1)
                    name = str(name, "utf-8")
                    yield from render(slots.get(name, name), slots)
                    yield part
    elif isinstance(value, bytes):
        yield value
    else:
        number = 0
        other = slots["ssid"]
        for network in value:
            name = shown(network[0])
            row = {"name": name, "number": str(number).encode(), "bars": str(network[1]).encode()}
            row["checked"] = b""
            if name == other:
                other = b""
                row["checked"] = b" checked"
            if not network[2]:
                row["lock"] = b""
            yield from render("row", row)
            number += 1
        yield from render("other", {"other": other, "checked": b" checked" if other or not value else b""})
