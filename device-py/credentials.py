"""The network's name and password, kept in one file. Bytes in, bytes out; nothing is lost."""

import errno
import os

FILE = "./wifi.creds"
_TEMP = "./wifi.creds.new"


def encode(ssid, password):
    """Return the file's bytes: `ssid,password`, or with the length in front if a comma is in either."""
    if b"," in ssid or b"," in password:
        # An SSID is never empty, so no plain file begins with a comma.
        return b",".join([b"", str(len(ssid)).encode(), ssid, password])
    return b",".join([ssid, password])


def decode(data):
    """Return (ssid, password) from the file's bytes; ValueError when they cannot be credentials."""
    if data[:1] != b",":
        parts = data.split(b",")
        if len(parts) != 2:
            raise ValueError
        return _checked(parts[0], parts[1])
    end = data.find(b",", 1)
    digits = data[1:end]
    if end < 0 or len(digits) > 2 or not digits.isdigit():
        raise ValueError
    start = end + 1
    end = start + int(digits)
    if data[end : end + 1] != b",":
        raise ValueError
    return _checked(data[start:end], data[end + 1 :])


def _checked(ssid, password):
    if not 1 <= len(ssid) <= 32 or len(password) > 64:
        raise ValueError
    return ssid, password


def load():
    """Return the stored (ssid, password), or None when there are none that can be read."""
    print("Trying to load WiFi credentials from {}".format(FILE))
    try:
        with open(FILE, "rb") as file:
            found = decode(file.read(256))
    except OSError as error:
        if error.args[0] == errno.ENOENT:
            print("{} does not exist".format(FILE))
            return None
        print("Invalid credentials file: {}".format(FILE))
        return None
    except ValueError:
        print("Invalid credentials file: {}".format(FILE))
        return None
    print("Loaded WiFi credentials from {}".format(FILE))
    return found


def save(ssid, password):
    """Store credentials that work. The old ones stay whole until the new ones are."""
    try:
        with open(_TEMP, "wb") as file:
            file.write(encode(ssid, password))
        try:
            os.rename(_TEMP, FILE)
        except OSError:
            # FAT does not rename onto a file that is there.
            os.remove(FILE)
            os.rename(_TEMP, FILE)
    except OSError as error:
        print("Could not write credentials: {}".format(error))
        return
    print("Wrote credentials to {}".format(FILE))


def forget():
    """Remove the stored credentials; nothing happens when there are none."""
    for name in (FILE, _TEMP):
        try:
            os.remove(name)
        except OSError as error:
            if error.args[0] != errno.ENOENT:
                raise
