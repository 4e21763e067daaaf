"""The captive portal as a whole: the stored network first, else an access point that asks for another."""

import gc

import micropython
import network
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

    essid = password = hostname = country = timeout_s = static_ip = None
    ap_ip = "192.168.4.1"
    form = "index"

    def __init__(self, **options):
        merged = {}
        try:
            merged.update(load("portal_config").OPTIONS)
        except ImportError:
            pass
        except Exception as error:  # whatever may be wrong with it: a board without a portal is worse
            print("Invalid portal_config:", repr(error))
        merged.update(options)
        for name in merged:
            getattr(self, name)  # AttributeError for one that there is not
            setattr(self, name, merged[name])
        self.station = network.WLAN(network.STA_IF)
        self.access_point = network.WLAN(network.AP_IF)

    def submitted(self, field):
        """Called with every form that is in order, for subclasses: field(b"x") is what was typed in x."""

    def start(self):
        """Join the stored network, or serve the portal until a network is joined."""
        address = self.signing = None
        self.servers = ()
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
                self.signing = self.servers = None
                micropython.kbd_intr(3)
        return address

    def step(self):
        """Serve whoever is there and do what is due; return True when there is nothing more to do."""
        gc.collect()
        for event in self.poller.ipoll(200):
            if event[1] & 5:  # POLLIN, POLLOUT; v1.12 on ESP8266 tells POLLHUP of a UDP socket all the time
                self.signing.heard()
        try:
            for server in self.servers:
                next(server)
            return self.signing.step()
        except Exception as error:  # no memory, perhaps: what was due is still due, and clients will go
            print("Captive portal exception:", repr(error))
