"""Scans for networks and selects the channel of the access point."""

from common import shown


def scan(portal):
    """Return the networks in range, the stored ones first, then by strength, each name once; takes 2 to 4 s.

    Leaves the station off. One bytes object takes least memory. It has for each network a byte of flags:
    signal (0 to 3), plus 4 for a password, 8 if it is stored or 12 for a user name, plus 16 if pages show the
    SSID unescaped; a byte with the SSID's length; the SSID.
    """
    station = portal.station
    stored = [network[0] for network in portal.stored]
    networks = bytearray()
    names = [b""]  # hidden networks have an empty name or zeros
    best = 0
    station.active(True)
    try:
        found = station.scan()
        found.sort(key=lambda network: network[3] + 256 * (network[0] in stored))
        # Twenty fit on a phone and into the ESP8266's memory.
        while found and len(names) < 21:
            ssid, _, channel, rssi, security, _ = found.pop()
            if ssid.strip(b"\0") not in names:
                names.append(ssid)
                # WPA2-Enterprise (ESP8266: AUTH_MAX), its successors and DPP: connect() takes no user name.
                kind = 2 if ssid in stored else security > 0
                if security in (5, 10) or security > 12:
                    kind = 3
                elif channel < 14:  # many phones do not see 5 GHz
                    best = best or channel
                bars = (rssi > -80) + (rssi > -70) + (rssi > -60)
                kind += 4 * (shown(ssid).encode() == ssid)
                networks.extend(bytes((bars + 4 * kind, len(ssid))) + ssid)
    except OSError as error:
        print("Scan failed:", error)
    station.active(False)
    try:
        # The channel of the network to join: station and access point share one, and phones would lose it.
        if best and not portal.access_point.isconnected():
            portal.access_point.config(channel=best)
    except (OSError, ValueError):
        pass  # this country does not allow the channel
    return bytes(networks)
