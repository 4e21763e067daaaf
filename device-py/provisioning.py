"""State machine of the sign-in, from the form to the network; step() advances it.

FORM, ASKED (there is a wish, the answer is on its way to the phone), JOINING (joining is set as well), then
CONNECTED (address is set), or FORM or ASKED again. Joining without a wish is for the stored network.

A phone has one wish at a time, and wishes are tried in turn: no phone can block another one.
"""

from common import after, is_over, load, shown


class SignIn:
    address = joining = is_online = is_seen = None
    networks = b""
    is_scan_due = True  # right after the portal has opened, before a phone has joined

    def __init__(self, portal, **slots):
        self.portal = portal
        self.wishes = []  # (SSID, password) and values of custom fields, in the order of their attempts
        self.visitors = []  # the addresses of the phones that sent them
        self.failed = {}  # visitor: (reason, SSID); (visitor,): what its form shows
        self.slots = {}  # what the pages show
        self.update(**slots)
        self.heard()

    def update(self, **slots):
        for name in slots:
            self.slots[name] = shown(slots[name])

    def asking(self):
        """Return whether a form may be shown and sent, also while the stored network is tried."""
        return not (self.address or self.wishes)

    def heard(self):
        """A client sent a request, so the radio keeps its channel for now."""
        self.idle_at = self.portal.timeout_s and after(self.portal.timeout_s * 1000)
        self.alone = False
        if self.asking():
            self.wait(60000)

    def wait(self, ms=1000):
        """Wait ms until the next step.

        One second until connect(), which may change the channel and interrupt the response; a minute without
        a client, or for one to see the result.
        """
        self.at = after(ms)

    def stop(self):
        if self.joining:
            self.joining = None
            self.portal.station.active(False)

    def scan(self):
        self.is_scan_due = True  # once the request is done and its memory free

    def seen(self):
        """The result page was sent; the user reads it before probes report that the phone is online."""
        if not self.is_seen:
            self.is_seen = True
            self.wait(12000)

    def done(self):
        """The user has read the result: answer probes as an online network does."""
        self.is_seen = self.is_online = True
        self.wait(3000)

    def step(self):
        """Do the next step if it is due; return True when the portal is done."""
        if self.is_scan_due:
            self.is_scan_due = None
            if self.asking():
                self.stop()
                self.failed = {}
                self.networks = b""  # memory
                self.networks = load("networks").scan(self.portal)
        if self.joining:
            outcome = "Connection failed.", 0, None  # if it ended with an exception
            for outcome in self.joining:  # noqa: B007
                break
            if outcome:
                self.wait(60000)
                self.address = outcome[2]
                if self.address:
                    self.update(address=self.address, ssid=outcome[1][0])
                    load("credentials").save(self.portal.stored, *outcome[1])
                    if self.alone and not self.wishes:  # no client waits for the result
                        self.wait(0)
                    print(outcome[0])
                elif self.wishes:
                    self.failed[self.visitors.pop(0)] = outcome[0], self.wishes.pop(0)[0]
                    if self.wishes:
                        self.wait()
                self.joining = None
        elif self.asking() and self.idle_at and is_over(self.idle_at):
            return True
        elif is_over(self.at):
            if self.address:
                if self.is_online or not self.is_seen:
                    return True
                self.done()
            elif self.wishes or self.portal.stored:
                self.alone = True
                self.joining = load("wifi_join").attempt(self.portal, self.wishes)
            else:
                self.wait(60000)
        return False
