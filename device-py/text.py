"""Bytes that strangers chose, made safe for a page or a log line, and taken out of a form. Pure."""

_HEX = b"0123456789abcdef"


def escape(raw):
    """Return bytes that stand for raw in HTML text or in a quoted attribute."""
    raw = raw.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return raw.replace(b'"', b"&quot;").replace(b"'", b"&#39;")


def _is_plain(o):
    # Control characters could forge a line; bidirectional and invisible ones could disguise a name.
    return (
        31 < o < 127 or 159 < o < 0x200B or 0x206F < o != 0xFEFF or 0x200F < o < 0x2028 or 0x202F < o < 0x2060
    )


def printable(raw):
    """Return str for one line of text: raw itself where it is clean UTF-8, else with escapes."""
    limit = 0x110000
    try:
        text = str(raw, "utf-8")
    except UnicodeError:
        text = [chr(byte) for byte in raw]
        limit = 127
    return "".join([c if _is_plain(ord(c)) and ord(c) < limit else "\\x{:02x}".format(ord(c)) for c in text])


def unquote(raw):
    """Return the bytes that a form-urlencoded value stands for; a % without two hex digits stays."""
    parts = raw.replace(b"+", b" ").split(b"%")
    out = bytearray(parts[0])
    for part in parts[1:]:
        high = _HEX.find(part[0:1].lower())
        low = _HEX.find(part[1:2].lower())
        if len(part) < 2 or high < 0 or low < 0:
            out.extend(b"%")
            out.extend(part)
        else:
            out.append(high * 16 + low)
            out.extend(part[2:])
    return bytes(out)


def field(body, name):
    """Return the decoded value of the first field called name in a form body, b'' if there is none."""
    for pair in body.split(b"&"):
        at = pair.find(b"=")
        if at >= 0 and unquote(pair[:at]) == name:
            return unquote(pair[at + 1 :])
    return b""
