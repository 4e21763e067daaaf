"""State machine of the sign-in, from the form to the network; step() advances it.

FORM, ASKED (wish is set, the answer is on its way to the phone), JOINING (attempt is set as well), then
CONNECTED (address is set) or FORM again. An attempt without a wish is for the stored network.
"""

from common import after, is_over, load, shown


class SignIn:
    address = wish = attempt = is_online = is_seen = visitor = None
    networks = b""
    problem = ""
    is_scan_due = True  # right after the portal has opened, before a phone has joined

    def __init__(self, portal, **slots):
        self.portal = portal
        self.slots = {}  # what the pages show
        self.update(ssid="", task="", address="", **slots)
        self.heard()

    def update(self, **slots):
        for name in slots:
            self.slots[name] = shown(slots[name])

    def asking(self):
        """Return whether a form may be shown and sent, also while the stored network is tried."""
        return not (self.address or self.wish)

    def heard(self):
        """A client sent a request, so the radio keeps its channel for now."""
        self.idle_at = self.portal.timeout_s and after(self.portal.timeout_s * 1000)
        self.alone = False
        if self.asking():
            self.wait()

    def wait(self, ms=60000):
        """Wait ms until the next step; the default is for no client, or for one to see the result."""
        self.at = after(ms)

    def stop(self):
        if self.attempt:
            self.attempt = None
            self.portal.station.active(False)

    def scan(self):
        self.problem = ""
        if self.asking():
            self.stop()
            self.networks = b""  # memory
            self.networks = load("networks").scan(self.portal)

    def asked(self):
        # One second until connect(), which may change the channel and interrupt the response.
        self.wait(1000)

    def rescan(self):
        self.is_scan_due = True  # once the request is done and its memory free

    def seen(self):
        """The result page was sent; the user reads it before probes report that the phone is online."""
        if not self.is_seen:
            self.is_seen = True
            self.wait(12000)

    def done(self):
        """The user has read the result: answer probes as an online network does."""
        self.is_seen = True
        self.is_online = True
        self.wait(3000)

    def step(self):
        """Do the next step if it is due; return True when the portal is done."""
        wanted = self.wish or self.portal.stored
        if self.is_scan_due:
            self.is_scan_due = None
            self.scan()
        if self.attempt:
            outcome = None, "connection failed"  # if it ended with an exception
            for outcome in self.attempt:  # noqa: B007
                break
            if outcome:
                self.wait()
                self.address, reason = outcome
                if self.address:
                    self.update(address=self.address, ssid=wanted[0])
                    if self.wish:
                        load("credentials").save(*wanted)
                    elif self.alone:  # no client waits for the result
                        self.wait(0)
                    print(reason)
                elif self.wish:
                    self.problem = "Could not connect: %s." % reason
                self.attempt = self.wish = None
        elif self.asking() and self.idle_at and is_over(self.idle_at):
            return True
        elif is_over(self.at):
            if self.address:
                if self.is_online or not self.is_seen:
                    return True
                self.done()
            elif wanted:
                self.alone = True
                self.attempt = load("wifi_join").attempt(self.portal, wanted)
            else:
                self.wait()
        return False
