"""Renders pages from template files while they are sent."""

from common import shown


def render(signing, block, page, visitor):
    """Yield block, the head of the response, and the page of this name, in blocks of about one packet.

    visitor: only this phone sees why its form failed.
    """
    block = bytearray(block)  # adding to bytes would copy and hash the whole block
    with open("head.html", "rb") as file:
        while True:
            block += file.read(400 - len(block))
            if len(block) < 400:
                break
            yield block
            block = bytearray()
    # Templates of str.format, a few lines at a time, so that no page is in memory as a whole.
    problem, typed = signing.failed.get(visitor, ("", ""))
    task = "Looking for networks"
    if signing.wishes:
        task = "Connecting to " + ", then ".join([shown(wish[0]) for wish in signing.wishes])
        problem = problem or task + " for another phone."
    # With the custom fields of this phone. One more variable would take memory in each client.
    visitor = signing.failed.get((visitor,), signing.slots)
    typed = shown(typed)
    wanted = typed.encode()
    rest = b""
    with open(page + ".html", "rb") as file:  # iterating over a file would read it byte by byte
        while True:
            row = rest.find(b"{name}")
            end = rest.rfind(b"\n", 0, len(rest) if row < 0 else row) + 1
            if not end and row >= 0:
                end = rest.find(b"\n", row) + 1
            if not end:
                size = len(rest)
                rest += file.read(340) or rest and b"\n"  # the last line may have none
                if size == len(rest):
                    break
                continue
            line = str(rest[:end], "utf-8")
            rest = rest[end:]
            if len(block) > 350:
                yield block
                block = bytearray()
            if row < 0 or row >= end:
                checked = "checked" if typed or not signing.networks else ""
                block += line.format(
                    other=checked, typed=typed, problem=problem, task=task, **visitor
                ).encode()
                continue
            # The line is repeated for each network: the text around the name is the same for many.
            last = None
            networks = signing.networks
            end = 0
            while end < len(networks):
                at = end + 2
                end = at + networks[at - 1]
                name = networks[at:end]
                kind = networks[at - 2]
                if len(block) > 350:
                    yield block
                    block = bytearray()
                if kind < 16:
                    name = shown(name).encode()
                kind &= 15
                if name == wanted and kind < 12:
                    typed = ""
                    kind += 16
                if kind != last:
                    last = kind
                    parts = line.format(
                        name="\0",
                        checked=("", "disabled", "checked")[(kind > 11) + (kind > 15)],
                        note=("open", "", "stored", "enterprise: not supported")[kind >> 2 & 3],
                        bars=1 + (kind & 3),
                    )
                    parts = parts.encode().split(b"\0")
                block += name.join(parts)
    yield block
