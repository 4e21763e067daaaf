"""Joins a network as the portal does, and stores it if that works, with values of custom fields. Answers with
the address, the reason of a failure, whether all is stored, and the host name, '' before MicroPython 1.20."""

import network
from parameters import HAS_ADDRESS, HAS_VALUES, IS_TRIED, PASSWORD, SSID, STATIC_IP, VALUES
from portal_modules import answer, load

address = reason = ""
wanted = (SSID, PASSWORD)
values = []
if HAS_VALUES:
    kept = load("kept")
    values.append(kept.read(load("index").described()))
    values[0].update(VALUES)
if IS_TRIED:
    import captive_portal
    import utime

    portal = captive_portal.CaptivePortal()  # reads the settings of the board
    portal.stored = []
    if HAS_ADDRESS:
        portal.static_ip = STATIC_IP
    for name in ("country", "hostname"):
        if getattr(portal, name):
            getattr(network, name, str)(getattr(portal, name))
    portal.access_point.active(False)
    portal.station.active(False)
    if not portal.static_ip:
        portal.station.active(True)
        try:
            portal.station.ifconfig("dhcp")  # the program may have set an address
        except OSError:
            pass
        portal.station.active(False)
    for outcome in load("wifi_join").attempt(portal, [wanted + tuple(values)]):
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
    if HAS_VALUES:
        kept.save(values[0])
        is_stored = is_stored and kept.read(()) == values[0]
host = ""
if hasattr(network, "hostname"):
    host = network.hostname()
answer([address or "", reason, is_stored, host])
