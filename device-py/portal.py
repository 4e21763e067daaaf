"""For the user's program: custom fields, and keep(), which opens the portal again without a network."""

from time import ticks_diff, ticks_ms

import network
from common import after, load
from micropython import const

_LOOK_MS = const(1000)
_STA_IF = const(0)

_is_online = False
_looked_at = after(-_LOOK_MS)
_lost_at = None  # since when the network has been missing
_open = None  # the portal, while it is open
try:
    fields = load("kept").read(load("index").described())
except ImportError:
    fields = {}


def keep(minutes=5, own=None):
    """Return whether the board is on a network; does not wait, for the program's loop.

    Without the network for that many minutes, the portal opens: own, or CaptivePortal(). Each call serves
    it, until the board is on a network.
    """
    global _is_online, _looked_at, _lost_at, _open
    if _open:
        _serve(_open)
    elif not 0 <= ticks_diff(ticks_ms(), _looked_at) < _LOOK_MS:
        _looked_at = ticks_ms()
        station = network.WLAN(_STA_IF)
        _is_online = station.isconnected()
        if _is_online:
            _lost_at = None
        elif _lost_at is None:
            _lost_at = _looked_at
        elif ticks_diff(_looked_at, _lost_at) >= minutes * 60000:
            _open = own or load("captive_portal").CaptivePortal()
            _open.signing = None
            _open.pause = 0
            # While it looks for its network, it cannot scan, and moves the access point.
            station.active(False)
    return _is_online


def _serve(portal):
    """Open the portal, do its next step, or close it."""
    global _is_online, _lost_at, _open
    is_over = True  # also on Ctrl-C, which ends the program
    try:
        if portal.signing:
            is_over = portal.step()
        else:
            portal.stored = load("credentials").load()
            load("startup").begin(portal)
            is_over = False
    except (OSError, MemoryError) as error:  # perhaps the program has a server at port 80
        print("Captive portal exception:", repr(error))
    finally:
        _is_online = bool(portal.signing and portal.signing.address)
        if is_over:
            _open = _lost_at = portal.signing = None
            print("Connected to WiFi!" if _is_online else "Captive portal stopped")
            for server in portal.servers:
                server.close()
            portal.servers = ()
            portal.access_point.active(False)
            print("Turned off access point")
            if not _is_online:
                portal.station.active(True)
                try:
                    portal.station.connect()  # to the last network
                except OSError:
                    pass  # it has had none since the start
