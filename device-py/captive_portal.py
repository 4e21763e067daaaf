"""The captive portal as a whole: the stored network first, else an access point that asks for another."""

import gc
from time import sleep_ms

import micropython
from common import load


class CaptivePortal:
    """CaptivePortal().start() returns the station's address, or None when it gave up; it raises on Ctrl-C.

    Options come from the constructor, then from OPTIONS (a dict) in portal_config.py, if there is one:
    essid: the access point's name (str or bytes); by default the chip's and the end of its MAC
    password: lets only those in who know it (WPA2, 8 to 63 characters)
    ap_ip: the portal's address; a phone that shows no portal at a private one may at 4.3.2.1
    hostname, country: as in the network module (v1.20 and later; before, they are ignored)
    timeout_s: seconds without a client after which the portal gives up
    static_ip: the station's (address, netmask, gateway, name server), else the network gives it one
    form: the name of the form's page, for one of your own: see docs/portal.md
    """

    essid = password = hostname = country = timeout_s = static_ip = server = None
    servers = ()
    failures = 0
    pause = 200
    ap_ip = "192.168.4.1"
    form = "index"

    def __init__(self, **options):
        load("startup").configure(self, options)

    def submitted(self, field):
        """Called with every form that is in order, for subclasses: field(b"x") is what was typed in x."""

    def start(self):
        """Join the stored network, or serve the portal until a network is joined."""
        address = self.signing = None
        try:
            address = load("startup").start(self)
            if not address:
                while not self.step():
                    pass
                address = self.signing.address
                print("Connected to WiFi!" if address else "Captive portal stopped")
        except KeyboardInterrupt:
            print("Captive portal stopped")
            raise  # back to the prompt, and no program after us
        finally:
            if self.signing or not address:
                micropython.kbd_intr(-1)  # an impatient second Ctrl-C must not leave half of it undone
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
        """Serve whoever is there and do what is due; return True when there is nothing more to do."""
        try:
            gc.collect()
            if self.server:  # it has ended with an exception
                load("startup").serve(self)
            for event in self.poller.ipoll(self.pause):
                # POLLIN, POLLOUT; v1.12 on ESP8266 tells POLLHUP of a UDP socket all the time
                if event[1] & 5:
                    self.signing.heard()
            for server in self.servers:
                self.server = server
                next(server)
            self.server = None
            is_over = self.signing.step()
            self.failures = 0
            return is_over
        except Exception as error:  # no memory, perhaps: what was due is still due, and clients will go
            self.failures += 1
            if self.failures > 20:
                print("Captive portal restarts the board")
                __import__("machine").reset()
            try:
                print("Captive portal exception:", repr(error))
            except MemoryError:
                pass
            sleep_ms(99)  # whatever is wrong, the loop does not spin
