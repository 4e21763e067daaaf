"""The board's own WiFi, which a phone joins to reach the portal."""

import sys
from binascii import hexlify
from time import sleep_ms

import network
from micropython import const

_OPEN = const(0)
_WPA2 = const(3)
_MASK = "255.255.255.0"


class AccessPoint:
    def __init__(self, essid, password, ip):
        """essid: str, bytes, or None for the chip's name and the last 3 bytes of its MAC."""
        self.wlan = network.WLAN(network.AP_IF)
        if essid is None:
            chip = "ESP32" if sys.platform == "esp32" else "ESP8266"
            essid = "{}-{}".format(chip, str(hexlify(self.wlan.config("mac")[-3:]), "utf-8"))
        self.essid = essid.encode() if isinstance(essid, str) else essid
        self.password = password
        self.ip = ip

    def open(self):
        """Turn the access point on, with this board as gateway and name server of whoever joins."""
        while True:
            print("Waiting for access point to turn on")
            self.wlan.active(True)
            if self.wlan.active():
                break
            sleep_ms(1000)
        if self.password:
            self.wlan.config(essid=self.essid, authmode=_WPA2, password=self.password)
        else:
            self.wlan.config(essid=self.essid, authmode=_OPEN)
        self.wlan.ifconfig((self.ip, _MASK, self.ip, self.ip))
        print("AP mode configured: {}".format(self.wlan.ifconfig()))

    def close(self):
        """Turn it off; a board that was never set up has one of its maker's, without a portal."""
        self.wlan.active(False)
