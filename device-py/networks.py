"""Scans for networks and finds the one for a typed name."""

from common import printable


def scan(portal):
    """Return the networks in range, the stored one first, then by strength, each name once; takes 2 to 4 s.

    Leaves the station off. Each is bytes: its signal (0 to 3), plus 4 for a password or 8 for a user name,
    plus 16 times the channel if the access point may be there; then the SSID.
    """
    station = portal.station
    stored = portal.stored and portal.stored[0]
    networks = []
    names = [b""]  # hidden networks have an empty name or zeros
    station.active(True)
    try:
        found = station.scan()
        found.sort(key=lambda network: network[3] + 256 * (network[0] == stored))
        # Twenty fit on a phone and into the ESP8266's memory.
        while found and len(names) < 21:
            ssid, _, channel, rssi, security, _ = found.pop()
            if ssid.strip(b"\0") not in names:
                names.append(ssid)
                # WPA2-Enterprise (ESP8266: AUTH_MAX), its successors and DPP: connect() takes no user name.
                kind = (security > 0) + (security in (5, 10) or security > 12)
                if kind > 1 or channel > 13:  # an access point at 5 GHz would be missing on many phones
                    channel = 0
                bars = (rssi > -80) + (rssi > -70) + (rssi > -60)
                networks.append(bytes((bars + 4 * kind + 16 * channel,)) + ssid)
    except OSError as error:
        print("Scan failed:", error)
    station.active(False)
    return networks


def find(networks, name):
    """Return the network with name (bytes); a new one if it is not in the list."""
    for network in networks:  # browsers do not return all names unchanged
        if printable(network[1:]).encode() == name:
            return network
    for network in networks:
        if fold(network[1:]) == fold(name):
            return network
    return b"\0" + name


def fold(name):
    """Return name (bytes) with plain quotes and single spaces. The page composes accents (NFC)."""
    # A character, and one that counts as the same.
    same = b"'\xe2\x80\x99|'\xe2\x80\x98|\"\xe2\x80\x9c|\"\xe2\x80\x9d| \xc2\xa0| \xe2\x80\xaf"
    for pair in same.split(b"|"):
        name = name.replace(pair[1:], pair[:1])
    return b" ".join(name.split())
