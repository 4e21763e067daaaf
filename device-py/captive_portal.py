"""The captive portal as a whole: the stored network first, else an access point that asks for another."""

import gc
import select
import sys

import micropython
import network
from server import load


class CaptivePortal:
    """CaptivePortal().start() returns the station's address, or None when it was stopped.

    essid: the access point's name (str or bytes); by default the chip's and the end of its MAC
    password: lets only those in who know it (WPA2, 8 to 63 characters)
    ap_ip: the portal's address; a phone that shows no portal at a private one may at 4.3.2.1
    hostname, country: as in the network module (v1.20 and later; before, they are ignored)
    timeout_s: seconds without a client after which the portal gives up
    """

    http = dns = signing = None

    def __init__(
        self, essid=None, password=None, ap_ip="192.168.4.1", hostname=None, country=None, timeout_s=None
    ):
        self.essid = essid
        self.password = password
        self.ap_ip = ap_ip
        self.hostname = hostname
        self.country = country
        self.timeout_s = timeout_s
        self.station = network.WLAN(network.STA_IF)
        self.access_point = network.WLAN(network.AP_IF)

    def submitted(self, field):
        """Called with every form that is in order, for subclasses: field(b"x") is what was typed in x."""

    def start(self):
        """Join the stored network, or serve the portal until a network is joined."""
        address = None
        try:
            address = load("stored").join(self) or self._serve()
        except KeyboardInterrupt:
            print("Captive portal stopped")
        finally:
            if self.signing or not address:
                self._cleanup(address)
        return address

    def _serve(self):
        self._open()
        while not self._turn():
            if self.timeout_s and self.signing.is_idle(self.timeout_s):
                print("Captive portal stopped")
                return None
        print("Connected to WiFi!")
        return self.signing.address

    def _open(self):
        print("Starting captive portal")
        gc.collect()
        self.poller = select.poll()
        level = micropython.opt_level()
        micropython.opt_level(3)  # without line numbers: they take memory, and the functions here are short
        try:
            load("opening").open_portal(self)
        finally:
            micropython.opt_level(level)

    def _turn(self):
        """Serve whoever is there and do what is due; return True when the portal has done its work."""
        gc.collect()
        for event in self.poller.ipoll(200):
            if event[1] & ~select.POLLHUP:  # alone no client: old firmware sends storms of it for UDP
                self.signing.heard()
        self.dns.handle()
        self.http.handle()
        try:
            return self.signing.step()
        except MemoryError as error:  # what was due is still due, and clients give back what they hold
            print("Captive portal exception: {}".format(repr(error)))
            return False

    def _cleanup(self, address):
        micropython.kbd_intr(-1)  # an impatient second Ctrl-C must not leave half of it undone
        try:
            print("Cleaning up")
            for server in (self.http, self.dns):
                if server:
                    server.stop()
            if not address:
                self.station.active(False)
            if self.signing:
                self.access_point.active(False)
                print("Turned off access point")
            self.http = self.dns = self.signing = None
            # The memory is the application's from now on.
            for name in ("captive_http", "http_request", "sign_in", "captive_site", "page", "captive_dns"):
                sys.modules.pop(name, None)
        finally:
            micropython.kbd_intr(3)
        gc.collect()
