"""The file with the network's name and password, which keeps all bytes."""

import os

_FILE = "./wifi.creds"


def encode(ssid, password):
    """Return the file's bytes: `ssid,password`, or with a length in front if a comma is in either."""
    data = ssid + b"," + password
    # An SSID is never empty, so no plain file begins with a comma.
    return data if data.count(b",") == 1 else ",{},".format(len(ssid)).encode() + data


def decode(data):
    """Return (ssid, password) from the file's bytes; ValueError when they cannot be credentials."""
    data = data.rstrip(b"\r\n")  # from an editor; not part of a password
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
    """Return the stored (ssid, password), or None if there are none or they are damaged."""
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
    """Store working credentials; the old ones are kept until the new ones are complete."""
    temp = _FILE + ".new"
    try:
        with open(temp, "wb") as file:
            file.write(encode(ssid, password))
        os.rename(temp, _FILE)
        print("Wrote credentials to", _FILE)
    except OSError as error:
        print("Could not write credentials:", error)
