"""The captive portal: joins the stored network, or opens an access point for the sign-in."""

import gc
from time import sleep_ms

import micropython
from common import load


class CaptivePortal:
    """CaptivePortal().start() returns the station's address, or None at a time-out; it raises on Ctrl-C.

    Options come from the constructor, then from OPTIONS (a dict) in portal_config.py, if there is one:
    essid: the access point's name (str or bytes); by default the chip's and the end of its MAC
    password: of the access point (WPA2, 8 to 63 characters); open without it
    ap_ip: the portal's address; 4.3.2.1 for phones that ignore a portal at a private address
    hostname, country: as in the network module (v1.20 and later; before, they are ignored)
    timeout_s: seconds without a client until the portal closes
    static_ip: the station's (address, netmask, gateway, name server); DHCP without it
    button: number of a GPIO; held low at the start, it opens the portal though a network is stored
    form: name of the page with the form, see docs/portal.md
    """

    essid = password = hostname = country = timeout_s = static_ip = button = server = None
    servers = ()
    failures = 0
    pause = 200
    ap_ip = "192.168.4.1"
    form = "index"

    def __init__(self, **options):
        load("startup").configure(self, options)

    def submitted(self, field):
        """Called with every valid form, for subclasses: field(b"x") is the value of field x."""

    def start(self):
        """Join the stored network, or serve the portal until a network is joined."""
        address = self.signing = None
        try:
            address = load("startup").start(self)
            if not address:
                while not self.step():
                    pass
                address = self.signing.address
        finally:  # Ctrl-C leads back to the prompt: no other program runs
            if self.signing or not address:
                micropython.kbd_intr(-1)  # a second Ctrl-C must not interrupt the cleanup
                print("Connected to WiFi!" if address else "Captive portal stopped")
                print("Cleaning up")
                for server in self.servers:
                    server.close()
                self.access_point.active(False)
                print("Turned off access point")
                if not address:
                    self.station.active(False)
                self.signing = None
                self.servers = ()
                micropython.kbd_intr(3)
        return address

    def step(self):
        """Serve the clients and do the next step; return True when the portal is done."""
        try:
            gc.collect()
            if self.server:  # it ended with an exception
                load("startup").serve(self)
            self.ready = []  # where servers look for packets and connections
            for sock, event in self.poller.ipoll(self.pause):
                # POLLIN, POLLOUT; v1.12 on ESP8266 always reports POLLHUP for a UDP socket
                if event & 5:
                    self.ready.append(sock)
                    self.signing.heard()
            for server in self.servers:
                self.server = server
                next(server)
            self.server = None
            is_over = self.signing.step()
            self.failures = 0
            return is_over
        except Exception as error:  # no memory, perhaps: the step stays due, and clients disconnect
            self.failures += 1
            if self.failures > 20:
                print("Captive portal restarts the board")
                __import__("machine").reset()
            try:
                print("Captive portal exception:", repr(error))
            except MemoryError:
                pass
            sleep_ms(99)  # avoids a busy loop
