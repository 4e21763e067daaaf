"""Prints as JSON how the board is connected: whether the station is on and has joined, its SSID in hex, its
address, netmask, gateway and name server, RSSI, channel and host name; None or '' for what this firmware does
not report."""

import network
import ubinascii as binascii
import ujson as json


def ask(function, *arguments):
    try:
        return function(*arguments)
    except (AttributeError, OSError, TypeError, ValueError):  # UnicodeError, too: an SSID that is no UTF-8
        return None


station = network.WLAN(network.STA_IF)
name = ask(station.config, "essid") or ""
if isinstance(name, str):
    name = name.encode()
host = ask(lambda: network.hostname()) or ask(station.config, "dhcp_hostname") or ""
print(
    json.dumps(
        [
            station.active(),
            station.isconnected(),
            binascii.hexlify(name).decode(),
            station.ifconfig(),
            ask(station.status, "rssi"),
            ask(station.config, "channel"),
            host,
        ]
    )
)
