"""How the board gets from a filled-in form to a network: the portal's states, moved on by step().

FORM, ASKED (the answer is on its way to the phone), JOINING, then CONNECTED or FORM again, with a reason.
"""

from time import ticks_add, ticks_diff, ticks_ms

import credentials
from micropython import const
from text import printable

_FORM = const(0)
_ASKED = const(1)
_JOINING = const(2)
_CONNECTED = const(3)

# All in ms.
_GRACE = const(1000)  # from the answer's last byte to connect(), which may change the channel
_RETRY = const(60000)  # without a client, until the stored network is tried again
_UNSEEN = const(60000)  # for a phone to come back for the result
_READING = const(12000)  # from the result being served to telling phones that they are online
_CLOSING = const(3000)  # from then on, for them to ask


class SignIn:
    def __init__(self, station, stored):
        self.station = station
        self.stored = stored  # (ssid, password) that could not be reached, or None
        self.networks = []
        self.ssid = b""
        self.reason = None  # why the last try failed, in words
        self.online = False  # probes may be told so
        self._password = b""
        self._state = _FORM
        self._background = False  # it is the stored network that is being tried, and nobody asked
        self._scan = False
        self._seen = False
        self._alone = True  # no client since the last try of the stored network
        self._at = ticks_add(ticks_ms(), _RETRY)  # when the state has its next step

    def is_connected(self):
        return self._state == _CONNECTED

    def is_busy(self):
        return self._state != _FORM

    def takes_form(self):
        """Tell whether a form may be shown and sent: also while the stored network is tried again."""
        return self._state == _FORM or self._background

    def real_name(self, name):
        """Return the SSID that a page shows as name: not every SSID is text that a browser sends back."""
        names = [found[0] for found in self.networks]
        if name not in names:
            for ssid in names:
                if printable(ssid).encode() == name:
                    return ssid
        return name

    def ask(self, ssid, password):
        """Take a checked form; nothing is tried before answered()."""
        self._give_up_background()
        self.ssid = ssid
        self._password = password
        self.reason = None
        self.station.tries = 0
        self._state = _ASKED
        self._at = None

    def answered(self):
        self._at = ticks_add(ticks_ms(), _GRACE)

    def rescan(self):
        self._scan = True

    def heard(self):
        """A client asked something, so the radio stays on its channel for now."""
        self._alone = False
        if self._state == _FORM:
            self._at = ticks_add(ticks_ms(), _RETRY)

    def seen(self):
        """The result page has left for the phone; it is read before the phone learns that it is online."""
        if not self._seen and not self.online:
            self._seen = True
            self._at = ticks_add(ticks_ms(), _READING)

    def done(self):
        """The user has read the result."""
        if not self.online:
            self._go_online()

    def step(self):
        """Do what is due; return True once the portal has done its work."""
        now = ticks_ms()
        if self._scan and self.takes_form():
            self._scan = False
            self._give_up_background()
            self.networks = self.station.scan()
        if self._state == _JOINING:
            joined = self.station.poll(now)
            if joined is not None:
                (self._succeed if joined else self._fail)()
        elif self._at is not None and ticks_diff(now, self._at) >= 0:
            return self._advance(now)
        return False

    def _advance(self, now):
        if self._state == _CONNECTED:
            if self._seen and not self.online:
                self._go_online()
                return False
            return True
        if self._state == _ASKED:
            self._join(self.ssid, self._password, now)
        elif self.stored:
            self._background = self._alone = True
            self._join(self.stored[0], self.stored[1], now)
        else:
            self._at = None
        return False

    def _join(self, ssid, password, now):
        self._state = _JOINING
        self.station.begin(ssid, password, now)

    def _succeed(self):
        self._state = _CONNECTED
        # Nobody waits for the outcome of a try in the background.
        wait = 0 if self._background and self._alone else _UNSEEN
        self._at = ticks_add(ticks_ms(), wait)
        if self._background:
            self._background = False
            self.ssid = self.stored[0]
            return
        try:
            credentials.save(self.ssid, self._password)
        except OSError as error:
            print("Could not write credentials: {}".format(error))
        self._password = b""

    def _fail(self):
        self._state = _FORM
        self._at = ticks_add(ticks_ms(), _RETRY)
        self._password = b""
        if not self._background:
            self.reason = self.station.reason
        self._background = False

    def _give_up_background(self):
        if self._background:
            self._background = False
            self._state = _FORM
            self.station.off()

    def _go_online(self):
        self.online = True
        self._at = ticks_add(ticks_ms(), _CLOSING)
