"""The network's name and password, as a form says them and as a file keeps them. No byte of them is lost."""

import os

import common

_FILE = "./wifi.creds"
_HEX = b"0123456789abcdef"


def encode(ssid, password):
    """Return the file's bytes: `ssid,password`, or with a length in front if a comma is in either."""
    data = ssid + b"," + password
    # An SSID is never empty, so no plain file begins with a comma.
    return data if data.count(b",") == 1 else ",{},".format(len(ssid)).encode() + data


def decode(data):
    """Return (ssid, password) from the file's bytes; ValueError when they cannot be credentials."""
    at = data.find(b",")
    if not at:
        size, data = data[1:].split(b",", 1)
        at = int(size)
    elif data.count(b",") > 1:
        raise ValueError
    if not 0 < at < 33 or len(data) - at > 65 or data[at : at + 1] != b",":
        raise ValueError
    return data[:at], data[at + 1 :]


def load():
    """Return the stored (ssid, password), or None when there are none that can be read."""
    print("Trying to load WiFi credentials from", _FILE)
    try:
        with open(_FILE, "rb") as file:
            found = decode(file.read(256))
        print("Loaded WiFi credentials from", _FILE)
        return found
    except (OSError, ValueError) as error:
        if error.args and error.args[0] == 2:  # ENOENT
            print(_FILE, "does not exist")
        else:
            print("Invalid credentials file:", _FILE)


def save(ssid, password):
    """Store credentials that work. The old ones stay whole until the new ones are."""
    temp = _FILE + ".new"
    try:
        with open(temp, "wb") as file:
            file.write(encode(ssid, password))
        os.rename(temp, _FILE)
        print("Wrote credentials to", _FILE)
    except OSError as error:
        print("Could not write credentials:", error)


def login(signing, request):
    """Take a form; return the page and what to call once it has left."""
    body = request.body
    signing.visitor = request.visitor
    ssid = field(body, b"ssid") or field(body, b"other")
    network = common.load("networks").find(signing.networks, ssid)
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
    # A second until connect(), which may change the channel and so cut the answer off.
    return "wait", lambda: signing.wait(1000)


def is_password(password):
    """Tell whether password (bytes) can be a network's: WPA2's 8 to 63 bytes or 64 hex digits, or none."""
    size = len(password)
    return not size or 7 < size < 64 or (size == 64 and not password.lower().strip(_HEX))


def unquote(raw):
    """Return the bytes that a form-urlencoded value stands for; a % without two hex digits stays."""
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
