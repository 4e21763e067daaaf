"""One attempt to join somebody's WiFi, and why it failed; loaded for as long as it lasts."""

from time import ticks_add, ticks_diff, ticks_ms

from server import printable


class Attempt:
    def __init__(self, wlan, stored):
        """Start to join stored, a pair of SSID and password (bytes); poll() tells how it goes."""
        ssid, password = stored
        self.name = printable(ssid)
        print("Trying to connect to SSID '{}'".format(self.name))
        self.wlan = wlan
        self.address = self.reason = None
        self.tries = 0
        self.at = ticks_ms()
        self.refused = False
        wlan.active(True)
        try:
            if password:
                wlan.connect(ssid, password)
            else:
                wlan.connect(ssid)
        except (OSError, ValueError) as error:  # the SDK does not take such a name or key
            print("Station exception: {}".format(error))
            self.refused = True

    def poll(self):
        """Return True when joined, False when it failed, None while it is being tried."""
        wlan = self.wlan
        if wlan.isconnected():
            address = wlan.ifconfig()[0]
            if address != "0.0.0.0":
                self.address = address
                print("Connected to {}, address {}".format(self.name, address))
                return True
        if self.refused:
            return self.fail(4)
        if ticks_diff(ticks_ms(), self.at) < 0:
            return None
        status = wlan.status()
        # Time heals all failures but a wrong password: a router may still be starting. An ESP32 shows its
        # last failure while it tries again, so it has to keep to it for a while.
        if self.tries == 10 or (status == 2 and self.tries) or (status == 202 and self.tries > 2):
            return self.fail(status)
        self.tries += 1
        self.at = ticks_add(ticks_ms(), 2000)
        print("Connection attempt {}/10 ...".format(self.tries))
        return None

    def fail(self, status):
        # WLAN.status() on ESP8266 (below 10) and on ESP32; 204 is a handshake that broke off.
        if status in (2, 202, 204):
            self.reason = "wrong password"
        elif status in (3, 200, 201, 210, 211, 212):
            self.reason = "network not found"
        elif status in (4, 203):
            self.reason = "connection failed"
        else:
            self.reason = "no address" if self._is_associated() else "timed out"
        print("Failed to connect to {}. WLAN status={} ({})".format(self.name, status, self.reason))
        self.wlan.active(False)
        return False

    def _is_associated(self):
        """Tell whether the radio has the network and only the address is missing."""
        if self.wlan.isconnected():
            return True
        try:
            return self.wlan.status("rssi") < 0  # 31 without a network on ESP8266, an error on ESP32
        except (OSError, TypeError, ValueError):
            return False
