"""Pages, streamed from their files in flash a line at a time, so that no page is ever held in memory.

In a file `{{name}}` stands for a slot. Its value is bytes, or the networks' list, or the name of the file
`name.html` that is put in its place; a name that is no slot is such a file's.
"""

from server import printable


def shown(raw):
    """Return an SSID as HTML, fit for an attribute; one that is no clean text shows its bytes as escapes."""
    raw = printable(raw).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return raw.replace('"', "&quot;").replace("'", "&#39;").encode()


def send(status, page, slots, extra, is_head):
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
    if not is_head:
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
        for ssid, bars, secure in value:
            name = shown(ssid)
            number += 1
            row = {
                "number": str(number).encode(),
                "name": name,
                "bars": str(bars).encode(),
                "checked": b" checked" if name == slots["ssid"] else b"",
            }
            if not secure:
                row["lock"] = b""
            yield from render("row", row)
