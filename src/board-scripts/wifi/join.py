"""Joins a network as the portal does, and stores it if that works. Answers with the address, the reason of a
failure, and whether the network is stored."""

import network
from parameters import IS_TRIED, PASSWORD, SSID
from portal_modules import answer, load

address = reason = ""
wanted = (SSID, PASSWORD)
if IS_TRIED:
    import captive_portal
    import utime

    portal = captive_portal.CaptivePortal()  # reads the settings of the board
    portal.stored = []
    for name in ("country", "hostname"):
        if getattr(portal, name):
            getattr(network, name, str)(getattr(portal, name))
    portal.access_point.active(False)
    portal.station.active(False)
    for outcome in load("wifi_join").attempt(portal, [wanted]):
        if outcome:
            address = outcome[2]
            reason = "" if address else outcome[3]
            break
        utime.sleep_ms(200)
is_stored = False
if address or not reason:
    credentials = load("credentials")
    credentials.save(credentials.load(), *wanted)
    is_stored = credentials.load()[:1] == [wanted]
answer([address or "", reason, is_stored])
