"""Prints the access points in range as JSON: SSID in hex, channel, RSSI, security, whether it is hidden."""

import network
import ubinascii as binascii
import ujson as json

# A program may have left either on: an access point keeps its channel, a join makes a scan fail.
network.WLAN(network.AP_IF).active(False)
station = network.WLAN(network.STA_IF)
station.active(False)
station.active(True)
print(
    json.dumps(
        [
            [binascii.hexlify(found[0]).decode(), found[2], found[3], found[4], bool(found[5])]
            for found in station.scan()
        ]
    )
)
station.active(False)
