"""The static address that a person enters on the page. On a board only where the page asks for it."""

_FORM = "static address"


def parse(text):
    """Return what WLAN.ifconfig() takes, None for an empty text; ValueError for an address that cannot work.

    text: 192.168.1.50/24,GATEWAY or 192.168.1.50/24,GATEWAY,NAME SERVER, as on the command line.
    """
    parts = [part.strip() for part in text.split(",")]
    if parts == [""]:
        return None
    if not 1 < len(parts) < 4:
        raise ValueError(_FORM)
    place, bits = parts[0].split("/")
    host = number(place)
    gateway = number(parts[1])
    server = number(parts[-1])
    if not 7 < whole(bits) < 31:
        raise ValueError(_FORM)
    size = 1 << (32 - int(bits))
    # Neither the network nor its broadcast address, nor the gateway, which is in the same network.
    if not 0 < host % size < size - 1 or host == gateway or host // size != gateway // size:
        raise ValueError(_FORM)
    return dotted(host), dotted(0x100000000 - size), dotted(gateway), dotted(server)


def number(text):
    """Return an IPv4 address that a host can have as a number."""
    value = 0
    for part in text.split("."):
        byte = whole(part)
        if byte > 255:
            raise ValueError(_FORM)
        value = value * 256 + byte
    first = value >> 24
    if text.count(".") != 3 or first in (0, 127) or first > 223:
        raise ValueError(_FORM)
    return value


def whole(text):
    value = int(text)
    if str(value) != text:  # signs, spaces and leading zeros, which mean octal to some programs
        raise ValueError(_FORM)
    return value


def dotted(value):
    return ".".join([str(value >> shift & 255) for shift in (24, 16, 8, 0)])
