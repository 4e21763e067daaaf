"""How the board gets from a filled-in form to a network: what the portal knows, moved on by step().

FORM, ASKED (wish is set, the answer is on its way to the phone), JOINING (attempt is set as well), then
CONNECTED (address is set) or FORM again. An attempt without a wish is for the stored network, unasked.
"""

from time import ticks_add, ticks_diff, ticks_ms

from micropython import const
from page import shown
from server import load

_MINUTE = const(60000)  # ms without a client until the stored network is tried, or for one to see the result


class SignIn:
    address = wish = attempt = probe = None
    is_seen = False

    def __init__(self, portal, slots):
        self.portal = portal
        self.slots = slots
        self.rescan()
        self.heard()

    def show(self, slots):
        """Change what the pages show, but not those under way, whose length has been told."""
        self.slots = dict(self.slots)
        self.slots.update(slots)

    def takes_form(self):
        """Tell whether a form may be shown and sent: also while the stored network is tried again."""
        return not (self.address or self.wish)

    def is_idle(self, timeout_s):
        """Tell whether no client has come for timeout_s, and nothing is under way."""
        return (
            not self.attempt
            and self.takes_form()
            and ticks_diff(ticks_ms(), self.heard_at) >= timeout_s * 1000
        )

    def heard(self):
        """A client asked something, so the radio stays on its channel for now."""
        self.heard_at = ticks_ms()
        self.alone = False
        if self.takes_form():
            self.wait(_MINUTE)

    def rescan(self):
        if self.takes_form():
            self.give_up()
            self.show({"networks": load("networks").scan(self.portal.station)})

    def ask(self, ssid, password):
        """Take a checked form; it is tried when answered() has been called."""
        self.give_up()
        self.wish = ssid, password
        self.wait(_MINUTE)

    def answered(self):
        self.wait(1000)  # until connect(), which may change the channel and so cut the answer off

    def seen(self):
        """The result page has left for the phone; it is read before the phone learns that it is online."""
        if not self.is_seen:
            self.is_seen = True
            self.wait(12000)

    def done(self):
        """The user has read the result: probes are answered as in a network that is online."""
        if not self.probe:
            self.is_seen = True
            self.probe = load("probes").online_answer
            self.wait(3000)

    def step(self):
        """Do what is due; return True once the portal has done its work."""
        stored = self.portal.stored
        if self.attempt:
            joined = self.attempt.poll()
            if joined is not None:
                self.tried(joined, stored)
        elif ticks_diff(ticks_ms(), self.at) >= 0:
            if self.address:
                if self.probe or not self.is_seen:
                    return True
                self.done()
            elif self.wish or stored:
                self.alone = True
                self.attempt = load("station").Attempt(self.portal.station, self.wish or stored)
            else:
                self.wait(_MINUTE)
        return False

    def wait(self, ms):
        self.at = ticks_add(ticks_ms(), ms)

    def give_up(self):
        if self.attempt:
            self.attempt = None
            self.portal.station.active(False)

    def tried(self, joined, stored):
        self.wait(_MINUTE)
        if joined:
            self.address = self.attempt.address
            self.show({"address": self.address.encode()})
            if self.wish:
                load("credentials").save(*self.wish)
            else:
                self.show({"ssid": shown(stored[0])})
                if self.alone:  # nobody waits for the outcome
                    self.wait(0)
        elif self.wish:
            self.show({"problem": "failed", "reason": self.attempt.reason.encode()})
        self.attempt = self.wish = None
