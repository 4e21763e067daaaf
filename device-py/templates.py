"""Renders pages from template files while they are sent."""

from common import entries, shown


def render(signing, block, page, problem):
    """Yield block, the head of the response, and the page of this name, in blocks of about one packet.

    Iterating over a file would read it byte by byte.
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
                for network in entries(signing.networks) if "{name}" in line else (None,):
                    if len(block) > 350:
                        yield block
                        block = b""
                    if network is None:
                        checked = "checked" if typed or not signing.networks else ""
                        block += line.format(
                            other=checked, typed=typed, problem=problem or "", **signing.slots
                        ).encode()
                        continue
                    name = str(network[2:], "utf-8") if network[0] & 16 else shown(network[2:])
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
