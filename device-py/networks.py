"""The networks around: which there are, and which of them a name means."""

from common import printable


def scan(portal):
    """Return the networks around, the stored one, then the strongest first, each name once; takes 2 to 4 s.

    Leaves the station off. Each is bytes: its signal (0 to 3), plus 4 for a password or 8 for a user name,
    plus 16 times the channel if the access point may be there; then the SSID.
    """
    station = portal.station
    stored = portal.stored and portal.stored[0]
    networks = []
    names = [b""]  # of a hidden one, or zeros
    station.active(True)
    try:
        found = station.scan()
        found.sort(key=lambda network: network[3] + 256 * (network[0] == stored))
        # Twenty are what a list on a phone, and the ESP8266's memory, can take.
        while found and len(names) < 21:
            ssid, _, channel, rssi, security, _ = found.pop()
            if ssid.strip(b"\0") not in names:
                names.append(ssid)
                # WPA2-Enterprise (ESP8266: AUTH_MAX), its successors and DPP: connect() takes no user name.
                kind = (security > 0) + (security in (5, 10) or security > 12)
                if kind > 1 or channel > 13:  # few phones would see an access point at 5 GHz
                    channel = 0
                bars = (rssi > -80) + (rssi > -70) + (rssi > -60)
                networks.append(bytes((bars + 4 * kind + 16 * channel,)) + ssid)
    except OSError as error:
        print("Scan failed:", error)
    station.active(False)
    return networks


def find(networks, name):
    """Return the network that name (bytes) means; a new one if it is none of them."""
    for network in networks:  # not all names are text that a browser sends back as it was
        if printable(network[1:]).encode() == name:
            return network
    for network in networks:
        if fold(network[1:]) == fold(name):
            return network
    return b"\0" + name


def fold(name):
    """Return name (bytes) with one kind of quotes and single blanks. The page composes accents (NFC)."""
    # A character, and what is taken for it.
    same = b"'\xe2\x80\x99|'\xe2\x80\x98|\"\xe2\x80\x9c|\"\xe2\x80\x9d| \xc2\xa0| \xe2\x80\xaf"
    for pair in same.split(b"|"):
        name = name.replace(pair[1:], pair[:1])
    return b" ".join(name.split())
