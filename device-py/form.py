"""What the form says, checked and handed to the portal; loaded for each form that comes in."""

from page import shown
from server import printable

_HEX = b"0123456789abcdef"


def login(signing, body):
    """Take a form's body; return status, page, and what to call once it has left."""
    names = [network[0] for network in signing.slots["networks"]]
    ssid = real_name(field(body, b"ssid") or field(body, b"other"), names)
    password = field(body, b"password")
    problem = b""
    if not 1 <= len(ssid) <= 32:
        problem = "bad-name"
    elif not is_password(password):
        problem = "bad-password"
    signing.show({"ssid": shown(ssid[:32]), "problem": problem})
    if problem:
        return 400, "index", None
    signing.portal.submitted(lambda name: field(body, name))
    signing.ask(ssid, password)
    return 200, "connecting", signing.answered


def real_name(name, names):
    """Return the one of names that a page shows as name: not all are text that a browser sends back."""
    if name not in names:
        for ssid in names:
            if printable(ssid).encode() == name:
                return ssid
    return name


def is_password(password):
    """Tell whether password (bytes) can be a network's: WPA2's 8 to 63 bytes or 64 hex digits, or none."""
    if len(password) == 64:
        return not password.lower().strip(_HEX)
    return not password or 8 <= len(password) <= 63


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
