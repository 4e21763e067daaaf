"""The way to the network that is known already; needed once, at the start."""

from time import sleep_ms

import network
from server import load


def join(portal):
    """Set portal.stored, (ssid, password) or None; return the address there, None if it is not joined."""
    for name in ("country", "hostname"):
        value = getattr(portal, name)
        if value and hasattr(network, name):
            getattr(network, name)(value)
    # Both off: the SDK may be busy with a network or an access point that it remembers.
    portal.station.active(False)
    portal.access_point.active(False)
    portal.stored = stored = load("credentials").load()
    if not stored:
        return None
    attempt = load("station").Attempt(portal.station, stored)
    while True:
        joined = attempt.poll()
        if joined:
            return attempt.address
        if joined is False:
            print("Connect with saved credentials failed, starting captive portal")
            return None
        sleep_ms(200)
