"""The networks around, as people want to see them; loaded for a scan."""


def scan(station):
    """Return the networks around, merged; takes 2 to 4 s and leaves the station off."""
    try:
        station.active(True)
        return merge(station.scan())
    except OSError as error:
        print("Scan failed: {}".format(error))
        return []
    finally:
        station.active(False)


def merge(found):
    """Return [(ssid, bars, secure)], strongest first, each name once, from the tuples of WLAN.scan()."""
    best = {}
    for network in found:
        ssid = network[0]
        if ssid.replace(b"\0", b"") and (ssid not in best or network[3] > best[ssid][3]):
            best[ssid] = network
    # Twenty are what a list on a phone, and the ESP8266's memory, can take.
    found = sorted(best.values(), key=lambda network: -network[3])[:20]
    return [(n[0], 1 + (n[3] > -80) + (n[3] > -70) + (n[3] > -60), n[4] != 0) for n in found]
