"""The file with the names and passwords of up to 8 networks, the last used one first."""

import os

_FILE = "./wifi.creds"


def encode(ssid, password):
    """Return a line of the file: `ssid,password`, or `,size of ssid,ssid,password`, which keeps all bytes."""
    data = ssid + b"," + password
    # An SSID is never empty, so no plain line begins with a comma.
    if data.count(b",") > 1 or min(data) < 32:
        data = ",{},".format(len(ssid)).encode() + data
    return data + b"\n"


def decode(data):
    """Return the networks in the file's bytes, (ssid, password) each; a damaged line loses only itself."""
    networks = []
    # A file of earlier versions has one network without a newline at its end, but perhaps in its SSID.
    is_one = data.count(b",") == 1 and data[-1:] != b"\n"
    data += b"\n"
    while data:
        at = data.find(b",")
        start = at if is_one else 0
        try:
            if not at:
                _, size, rest = data.split(b",", 2)
                start = at = int(size[:3])  # a number of any length overflows
                data = rest
            end = data.find(b"\n", start)
            password = data[at + 1 : end].rstrip(b"\r")  # from an editor
            if not 0 < at < 33 or end <= at or data[at] != 44 or not start and b"," in password:
                raise ValueError
            networks.append((data[:at], password))
        except ValueError:
            end = data.find(b"\n")
        data = data[end + 1 :]
    return networks[:8]


def load():
    """Return the stored networks, and log what was found."""
    print("Trying to load WiFi credentials from", _FILE)
    try:
        with open(_FILE, "rb") as file:
            networks = decode(file.read(1024))
        print("Loaded WiFi credentials from" if networks else "Invalid credentials file:", _FILE)
        return networks
    except OSError:
        print(_FILE, "does not exist")
        return []


def save(stored, ssid, *password):
    """Put a network that works in front of those that load() returned, or remove it without a password.

    Of nine, the one that was not used for longest is dropped. Nothing is written if nothing changes: most
    boards stay in one network, and flash wears out.
    """
    networks = [network for network in stored if network[0] != ssid]
    if password:
        networks.insert(0, (ssid,) + password)
    if networks == stored:
        return
    stored[:] = networks[:8]
    path = _FILE + ".new"
    try:
        with open(path, "wb") as file:
            for network in stored:
                file.write(encode(*network))
        # The old ones are kept until the new ones are complete.
        os.rename(path, _FILE)
        if not stored:
            os.remove(_FILE)
        print("Wrote credentials to", _FILE)
    except OSError as error:
        print("Could not write credentials:", error)
