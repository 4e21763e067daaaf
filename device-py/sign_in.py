"""How the board gets from a filled-in form to a network: what the portal knows, moved on by step().

FORM, ASKED (wish is set, the answer is on its way to the phone), JOINING (attempt is set as well), then
CONNECTED (address is set) or FORM again. An attempt without a wish is for the stored network, unasked.
"""

from time import ticks_add, ticks_diff, ticks_ms

from micropython import const
from server import load

# All in ms.
_GRACE = const(1000)  # from the answer's last byte to connect(), which may change the channel
_MINUTE = const(60000)  # without a client until the stored network is tried, or for one to see the result
_READING = const(12000)  # from the result being served to telling phones that they are online
_CLOSING = const(3000)  # from then on, for them to ask


class SignIn:
    def __init__(self, portal):
        self.portal = portal
        self.ssid = self.problem = b""  # problem: the name of the page file that tells it
        self.reason = ""  # why the last try failed
        self.address = self.wish = self.attempt = self.probe = None
        self.is_seen = False
        self.rescan()
        self.heard()

    def takes_form(self):
        """Tell whether a form may be shown and sent: also while the stored network is tried again."""
        return not (self.address or self.wish)

    def is_idle(self, timeout_s):
        """Tell whether no client has come for timeout_s, and nothing is under way."""
        return (
            timeout_s
            and self.takes_form()
            and not self.attempt
            and ticks_diff(ticks_ms(), self.heard_at) >= timeout_s * 1000
        )

    def heard(self):
        """A client asked something, so the radio stays on its channel for now."""
        self.heard_at = ticks_ms()
        self.alone = False
        if self.takes_form():
            self._wait(_MINUTE)

    def rescan(self):
        if self.takes_form():
            self._give_up()
            self.networks = load("networks").scan(self.portal.station)

    def ask(self, ssid, password):
        """Take a checked form; it is tried when answered() has been called."""
        self._give_up()
        self.ssid = ssid
        self.wish = ssid, password
        self.problem = b""
        self._wait(_MINUTE)

    def answered(self):
        self._wait(_GRACE)

    def seen(self):
        """The result page has left for the phone; it is read before the phone learns that it is online."""
        if not self.is_seen:
            self.is_seen = True
            self._wait(_READING)

    def done(self):
        """The user has read the result: probes are answered as in a network that is online."""
        if not self.probe:
            self.is_seen = True
            self.probe = load("probes").online_answer
            self._wait(_CLOSING)

    def step(self):
        """Do what is due; return True once the portal has done its work."""
        if self.attempt:
            joined = self.attempt.poll()
            if joined is not None:
                self._tried(joined)
        elif ticks_diff(ticks_ms(), self.at) >= 0:
            if self.address:
                if self.probe or not self.is_seen:
                    return True
                self.done()
            elif self.wish or self.portal.stored:
                self.alone = True
                self.attempt = load("station").Attempt(self.portal.station, self.wish or self.portal.stored)
            else:
                self._wait(_MINUTE)
        return False

    def _wait(self, ms):
        self.at = ticks_add(ticks_ms(), ms)

    def _give_up(self):
        if self.attempt:
            self.attempt = None
            self.portal.station.active(False)

    def _tried(self, joined):
        wait = _MINUTE
        if joined:
            self.address = self.attempt.address
            if self.wish:
                load("credentials").save(*self.wish)
            else:
                self.ssid = self.portal.stored[0]
                wait = 0 if self.alone else wait  # nobody waits for the outcome
        elif self.wish:
            self.problem = "failed"
            self.reason = self.attempt.reason
        self.attempt = self.wish = None
        self._wait(wait)
