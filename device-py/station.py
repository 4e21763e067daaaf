"""The board as a client of somebody's WiFi: it looks around, tries to join, and says why it failed."""

from time import ticks_add, ticks_diff

import network
from micropython import const
from networks import merge
from text import printable

_TRIES = const(10)
_EVERY = const(2000)  # ms between tries

# WLAN.status() on ESP8266 (below 10) and on ESP32; 204 is a handshake that broke off, as on a wrong key.
_WRONG_PASSWORD = (2, 202, 204)
_NOT_FOUND = (3, 200, 201, 210, 211, 212)
_REFUSED = (4, 203)


class Station:
    def __init__(self):
        self.wlan = network.WLAN(network.STA_IF)
        self.ssid = b""
        self.tries = 0
        self.address = None  # str, once joined
        self.reason = None  # why the last attempt failed, in words
        self._next = 0  # ticks
        self._refused = False

    def off(self):
        """Leave the network; otherwise the ESP8266 returns by itself to the last one it knew."""
        self.wlan.active(False)

    def scan(self):
        """Return the networks around, merged; takes 2 to 4 s and leaves the station off."""
        try:
            self.wlan.active(True)
            return merge(self.wlan.scan())
        except OSError as error:
            print("Scan failed: {}".format(error))
            return []
        finally:
            self.off()

    def begin(self, ssid, password, now):
        """Start to join a network; poll() tells how it goes."""
        print("Trying to connect to SSID '{}'".format(printable(ssid)))
        self.ssid = ssid
        self.tries = 0
        self.address = self.reason = None
        self._next = now
        self._refused = False
        self.wlan.active(True)
        try:
            if password:
                self.wlan.connect(ssid, password)
            else:
                self.wlan.connect(ssid)
        except (OSError, ValueError) as error:  # the SDK does not take such a name or key
            print("Station exception: {}".format(error))
            self._refused = True

    def poll(self, now):
        """Return True when joined, False when it failed, None while it is being tried."""
        if self.wlan.isconnected():
            address = self.wlan.ifconfig()[0]
            if address != "0.0.0.0":
                self.address = address
                print("Connected to {}, address {}".format(printable(self.ssid), address))
                return True
        if self._refused:
            return self._fail(4)
        if ticks_diff(now, self._next) < 0:
            return None
        status = self.wlan.status()
        # Time heals all failures but this one: a router may still be starting.
        if self.tries and status in (2, 202) or self.tries == _TRIES:
            return self._fail(status)
        self.tries += 1
        self._next = ticks_add(now, _EVERY)
        print("Connection attempt {}/{} ...".format(self.tries, _TRIES))
        return None

    def _fail(self, status):
        if status in _WRONG_PASSWORD:
            self.reason = "wrong password"
        elif status in _NOT_FOUND:
            self.reason = "network not found"
        elif status in _REFUSED:
            self.reason = "connection failed"
        else:
            self.reason = "no address" if self._is_associated() else "timed out"
        print(
            "Failed to connect to {}. WLAN status={} ({})".format(printable(self.ssid), status, self.reason)
        )
        self.off()
        return False

    def _is_associated(self):
        """Tell whether the radio has the network and only the address is missing."""
        if self.wlan.isconnected():
            return True
        try:
            return self.wlan.status("rssi") < 0  # 31 without a network on ESP8266, an error on ESP32
        except (OSError, TypeError, ValueError):
            return False
