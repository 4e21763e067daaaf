"""Processes forms: the network's name and password, custom fields, and the network for a typed name."""

from common import load, printable

_HEX = b"0123456789abcdef"


def submit(signing, request, visitor):
    """Process a POST; return (status or 0, page or None, function to call when it is sent)."""
    _, _, path, host, origin, body, ours = request
    status = 0
    page = then = None
    kind, ssid = find(signing.networks, field(body, b"ssid") or field(body, b"other"))
    # Old browsers send no Origin.
    if not ours or origin not in (None, b"http://" + host):
        status = 403
    elif signing.address:
        if path == b"/done":
            page = "done"
            then = signing.done
    elif path in (b"/scan", b"/forget"):
        if not signing.wishes:
            page = "wait"
            then = signing.scan
            if path == b"/forget":
                load("credentials").save(signing.portal.stored, ssid)
    # One form of each phone waits for its turn; the form shows which networks come first.
    elif path == b"/login" and visitor not in signing.visitors and len(signing.wishes) < 4:
        password = field(body, b"password")
        problem = ""
        if len(signing.failed) > 3:
            signing.failed = {}  # memory
        if not 0 < len(ssid) < 33:
            problem = "Choose a network."
        elif kind & 12 > 11:
            problem = "Enterprise: not supported."
        elif not is_password(password):
            problem = "A password has 8 to 63 characters."
        wish = ssid, password
        try:
            # Custom fields; a board without them has no such module.
            problem, wish = load("index").submit(signing, visitor, field, body, problem, wish)
        except ImportError:
            pass
        if problem:
            page = signing.portal.form
            signing.failed[visitor] = problem, ssid[:32]
        else:
            page = "wait"
            then = signing.wait
            signing.portal.submitted(lambda name: field(body, name))
            if not signing.wishes:
                signing.stop()
            signing.visitors.append(visitor)
            signing.wishes.append(wish)
            signing.wait(60000)
    return status, page, then


def find(networks, name):
    """Return (kind, SSID) of the network with name (bytes); kind is 0 if it is not in the list."""
    for same in (printable, fold):  # browsers do not return all names unchanged
        end = 0
        while end < len(networks):
            at = end + 2
            end = at + networks[at - 1]
            ssid = networks[at:end]
            if same(ssid) == same(name):
                return networks[at - 2], ssid
    return 0, name


def fold(name):
    """Return name (bytes) with plain quotes and single spaces. The page compares accents (NFC)."""
    # A character, and one that counts as the same.
    same = b"'\xe2\x80\x99|'\xe2\x80\x98|\"\xe2\x80\x9c|\"\xe2\x80\x9d| \xc2\xa0| \xe2\x80\xaf"
    for part in same.split(b"|"):
        name = name.replace(part[1:], part[:1])
    return b" ".join(name.split())


def is_password(password):
    """Return whether password (bytes) is valid: WPA2's 8 to 63 bytes or 64 hex digits, or empty."""
    size = len(password)
    return not size or 7 < size < 64 or (size == 64 and not password.lower().strip(_HEX))


def decode(raw):
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
    for part in body.split(b"&"):
        part = part.split(b"=", 1)
        if decode(part.pop(0)) == name:
            return decode(b"".join(part))
    return b""
