"""Reads a form: the network's name and password, and custom fields."""

from common import load

_HEX = b"0123456789abcdef"


def login(signing, request):
    """Process a form; return the page and the function to call when it is sent."""
    body = request.body
    signing.visitor = request.visitor
    ssid = field(body, b"ssid") or field(body, b"other")
    network = load("networks").find(signing.networks, ssid)
    ssid = network[1:]
    password = field(body, b"password")
    problem = ""
    if not 0 < len(ssid) < 33:
        problem = "Choose a network."
    elif network[0] & 8:
        problem = "Enterprise: not supported."
    elif not is_password(password):
        problem = "A password has 8 to 63 characters."
    signing.problem = problem
    signing.update(ssid=ssid[:32], task=b"Connecting to " + ssid)
    if problem:
        return signing.portal.form, None
    signing.portal.submitted(lambda name: field(body, name))
    signing.stop()
    signing.wish = ssid, password
    signing.wait()
    return "wait", signing.asked


def is_password(password):
    """Return whether password (bytes) is valid: WPA2's 8 to 63 bytes or 64 hex digits, or empty."""
    size = len(password)
    return not size or 7 < size < 64 or (size == 64 and not password.lower().strip(_HEX))


def unquote(raw):
    """Decode a form-urlencoded value; a % without two hex digits is kept."""
    parts = raw.replace(b"+", b" ").split(b"%")
    out = bytearray(parts.pop(0))
    for part in parts:
        code = part[:2].lower()
        if len(code) == 2 and not code.strip(_HEX):
            out.append(int(code, 16))
            out.extend(part[2:])
        else:
            out.extend(b"%" + part)
    return bytes(out)


def field(body, name):
    """Return the decoded value of the first field called name in a form body, b'' if there is none."""
    for pair in body.split(b"&"):
        pair = pair.split(b"=", 1)
        if unquote(pair.pop(0)) == name:
            return unquote(b"".join(pair))
    return b""
