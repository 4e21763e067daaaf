"""Prints, in hex, the name of the network that the SDK stores, '?' for one that is no UTF-8 and cannot be
read. Where it is to be forgotten: that name, and behind a comma the one that is left."""

import network
import ubinascii as binascii
from built_ins import sys
from parameters import FORGETS


def stored_name():
    try:
        name = station.config("essid") if sys.platform == "esp8266" else ""
    except ValueError:
        name = "?"
    return binascii.hexlify(name if isinstance(name, bytes) else name.encode()).decode()


station = network.WLAN(network.STA_IF)
if FORGETS:
    station.active(True)
    before = stored_name()
    if sys.platform == "esp8266":
        station.connect("", "")
    station.disconnect()
    print(before, stored_name(), sep=",")
    station.active(False)
else:
    print(stored_name())
