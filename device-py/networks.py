"""The scan: which networks there are around, and on which channel the access point belongs."""

from common import shown


def scan(portal):
    """Return the networks around, the stored one, then the strongest first, each name once.

    It takes 2 to 4 s, and leaves the station off. In one piece they take least memory: for each a byte with
    its signal (0 to 3), plus 4 for a password or 8 for a user name, plus 16 if pages show the SSID as it is;
    a byte with the SSID's length; the SSID.
    """
    station = portal.station
    stored = portal.stored and portal.stored[0]
    networks = bytearray()
    names = [b""]  # of a hidden one, or zeros
    best = 0
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
                if kind < 2 and channel < 14:  # few phones would see an access point at 5 GHz
                    best = best or channel
                bars = (rssi > -80) + (rssi > -70) + (rssi > -60)
                kind += 4 * (shown(ssid).encode() == ssid)
                networks.extend(bytes((bars + 4 * kind, len(ssid))) + ssid)
    except OSError as error:
        print("Scan failed:", error)
    station.active(False)
    try:
        # Where the board will join: it has one channel, and phones lose an access point that moves.
        if best and not portal.access_point.isconnected():
            portal.access_point.config(channel=best)
    except (OSError, ValueError):
        pass  # the country does not have it
    return bytes(networks)
