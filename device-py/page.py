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
    todo = [value]  # last comes first; a stack of ours is smaller than generators in generators
    while todo:
        value = todo.pop()
        if isinstance(value, bytes):
            yield value
        elif isinstance(value, dict):
            slots = value
        elif isinstance(value, str):
            todo.append(open(value + ".html", "rb"))
        elif isinstance(value, list):
            todo.append(rows(value, slots))
        else:
            for item in value:
                todo.append(value)
                if isinstance(item, bytes):  # a line of a file
                    parts = item.split(b"{{")
                    while len(parts) > 1:
                        name, part = parts.pop().split(b"}}", 1)
                        name = str(name, "utf-8")
                        todo.append(part)
                        todo.append(slots.get(name, name))
                    item = parts[0]
                todo.append(item)
                break
            else:
                value.close()


def rows(networks, slots):
    """Yield for each network what its row shows, and the row; last comes the row for any other."""
    number = 0
    other = slots["ssid"]
    for network in networks:
        name = shown(network[0])
        row = {"name": name, "number": str(number).encode(), "bars": str(network[1]).encode()}
        row["checked"] = b""
        if name == other:
            other = b""
            row["checked"] = b" checked"
        if not network[2]:
            row["lock"] = b""
        yield row
        yield "row"
        number += 1
    yield {"other": other, "checked": b"" if number and not other else b" checked"}
    yield "other"
    yield slots
