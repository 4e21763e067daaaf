"""The networks that a scan found, as people want to see them. Pure."""

from micropython import const

_MOST = const(20)  # what a list on a phone, and the ESP8266's memory, can take


def merge(found):
    """Return [(ssid, rssi, secure)], strongest first, each name once, from the tuples of WLAN.scan()."""
    best = {}
    for ssid, _, _, rssi, security, _ in found:
        if ssid.replace(b"\0", b"") and (ssid not in best or rssi > best[ssid][1]):
            best[ssid] = (ssid, rssi, security != 0)
    return sorted(best.values(), key=lambda network: -network[1])[:_MOST]
