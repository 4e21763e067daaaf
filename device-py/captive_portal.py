"""The captive portal as a whole: the stored network first, else an access point that asks for another."""

import gc
import select
import time

import credentials
import micropython
import network
from access_point import AccessPoint
from micropython import const
from station import Station
from text import printable

_POLL = const(200)  # ms


class CaptivePortal:
    """CaptivePortal().start() returns the station's address, or None when it was stopped.

    essid: the access point's name (str or bytes); by default the chip's and the end of its MAC
    password: lets only those in who know it (WPA2, 8 to 63 characters)
    ap_ip: the portal's address; a phone that shows no portal at a private one may at 4.3.2.1
    hostname, country: as in the network module (v1.20 and later; before, they are ignored)
    timeout_s: seconds without a client after which the portal gives up
    """

    def __init__(
        self, essid=None, password=None, ap_ip="192.168.4.1", hostname=None, country=None, timeout_s=None
    ):
        self.access_point = AccessPoint(essid, password, ap_ip)
        self.station = Station()
        self.hostname = hostname
        self.country = country
        self.timeout_s = timeout_s
        self.poller = select.poll()
        self.http = self.dns = self.signing = None
        self._heard_at = 0  # ticks

    def start(self):
        """Join the stored network, or serve the portal until a network is joined."""
        address = None
        try:
            address = self._join_stored() or self._serve()
        except KeyboardInterrupt:
            print("Captive portal stopped")
        finally:
            if self.signing or not address:
                self._cleanup(address)
        return address

    def connected(self, ssid, address):
        """Called when a person's choice has been joined and stored; for subclasses to override."""

    def _join_stored(self):
        for name, value in (("country", self.country), ("hostname", self.hostname)):
            if value and hasattr(network, name):
                getattr(network, name)(value)
        # Both off: the SDK may be busy with a network or an access point that it remembers.
        self.station.off()
        self.access_point.close()
        self.stored = credentials.load()
        if not self.stored:
            return None
        self.station.begin(self.stored[0], self.stored[1], time.ticks_ms())
        while True:
            joined = self.station.poll(time.ticks_ms())
            if joined:
                return self.station.address
            if joined is False:
                print("Connect with saved credentials failed, starting captive portal")
                return None
            time.sleep_ms(_POLL)

    def _serve(self):
        print("Starting captive portal")
        self._open()
        while not self.signing.step():
            self._turn()
            if self._is_forgotten():
                print("Captive portal stopped")
                return None
        print("Connected to WiFi!")
        return self.station.address

    def _open(self):
        # Only now: an application whose network is there has the memory for itself.
        # The largest first, while there is most room to compile it.
        from captive_http import HTTPServer
        from sign_in import SignIn
        from captive_site import Site
        from captive_dns import DNSServer

        gc.collect()
        point = self.access_point
        self.signing = SignIn(self.station, self.stored)
        self.signing.networks = self.station.scan()  # a scan would disturb phones that are there
        point.open()
        site = Site(self.signing, point.essid, point.ip, self.hostname)
        self.http = HTTPServer(self.poller, site.reply)
        print("Configured HTTP server")
        self.dns = DNSServer(self.poller, point.ip)
        print("Configured DNS server")
        self._heard_at = time.ticks_ms()
        print(
            "Captive portal ready: join WiFi '{}', then open http://{}/".format(
                printable(point.essid), point.ip
            )
        )

    def _turn(self):
        gc.collect()
        for event in self.poller.ipoll(_POLL):
            self._dispatch(event[0], event[1])
        self.http.tick()

    def _dispatch(self, sock, event):
        if event & ~select.POLLHUP:  # alone it is no client: old firmware sends storms of it for UDP
            self._heard_at = time.ticks_ms()
            self.signing.heard()
        return self.http.handle(sock, event) or self.dns.handle(sock, event)

    def _is_forgotten(self):
        if not self.timeout_s or self.signing.is_busy():
            return False
        return time.ticks_diff(time.ticks_ms(), self._heard_at) >= self.timeout_s * 1000

    def _cleanup(self, address):
        micropython.kbd_intr(-1)  # an impatient second Ctrl-C must not leave half of it undone
        try:
            print("Cleaning up")
            for server in (self.http, self.dns):
                if server:
                    server.stop()
            if not address:
                self.station.off()
            if self.signing:
                self.access_point.close()
                print("Turned off access point")
            self.http = self.dns = self.signing = None
        finally:
            micropython.kbd_intr(3)
        gc.collect()
