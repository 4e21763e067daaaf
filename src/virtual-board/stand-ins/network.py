"""network: the ESP8266's WLAN over the virtual radio, with the names of ports/esp8266/network_wlan.c."""

import json
from _wait import interruptible
import _board

STA_IF = 0
AP_IF = 1

STAT_IDLE = 0
STAT_CONNECTING = 1
STAT_WRONG_PASSWORD = 2
STAT_NO_AP_FOUND = 3
STAT_CONNECT_FAIL = 4
STAT_GOT_IP = 5

MODE_11B = 1
MODE_11G = 2
MODE_11N = 3

AUTH_OPEN = 0
AUTH_WEP = 1
AUTH_WPA_PSK = 2
AUTH_WPA2_PSK = 3
AUTH_WPA_WPA2_PSK = 4

_names = {"hostname": "mpy-esp8266", "country": "XX"}


def hostname(name=None):
    if name is None:
        return _names["hostname"]
    _names["hostname"] = name


def country(code=None):
    if code is None:
        return _names["country"]
    _names["country"] = code


def phy_mode(mode=None):
    return MODE_11N if mode is None else None


def _text(value):
    return value if isinstance(value, str) else str(value, "utf-8")


class WLAN:
    IF_STA = 0
    IF_AP = 1
    SEC_OPEN = 0
    SEC_WEP = 1
    SEC_WPA = 2
    SEC_WPA2 = 3
    SEC_WPA_WPA2 = 4
    PM_NONE = 0
    PM_POWERSAVE = 1
    PM_PERFORMANCE = 2

    def __init__(self, interface=0):
        if interface not in (0, 1):
            raise ValueError
        self._is_station = interface == 0
        self._which = "ap" if interface else "station"

    def _state(self):
        return json.loads(_board.radio_state())

    def _require(self, is_station):
        if self._is_station != is_station:
            raise OSError("STA required" if is_station else "AP required")

    def active(self, on=None):
        if on is None:
            return self._state()[self._which]["active"]
        _board.radio_active(self._which, bool(on))

    def connect(self, ssid=None, key=None, *, bssid=None):
        self._require(True)
        if ssid is None and key is None:
            _board.radio_connect_again()
        else:
            _board.radio_connect(_text(ssid or "")[:32], _text(key or "")[:64])

    def disconnect(self):
        self._require(True)
        _board.radio_disconnect()

    def isconnected(self):
        return self._is_station and self._state()["station"]["status"] == STAT_GOT_IP

    def status(self, what=None):
        if what is None:
            return self._state()["station"]["status"] if self._is_station else -1
        if what == "rssi" and self._is_station:
            return self._state()["station"]["rssi"]
        if what == "stations" and not self._is_station:
            return []
        raise ValueError("unknown status param")

    def scan(self):
        self._require(True)
        if not self.active():
            raise OSError("STA must be active")
        found = interruptible(_board.radio_scan)
        return [_scan_entry(i, one) for i, one in enumerate(json.loads(found))]

    def ifconfig(self, config=None):
        if config is None:
            return tuple(self._state()[self._which]["address"])
        if config == "dhcp":
            self._require(True)
            return
        address, mask, gateway, dns = config
        if isinstance(mask, int):
            bits = (0xFFFFFFFF << (32 - mask)) & 0xFFFFFFFF
            mask = ".".join(str(bits >> shift & 255) for shift in (24, 16, 8, 0))
        _board.radio_address(self._which, " ".join((address, mask, gateway, dns)))

    def config(self, *args, **kwargs):
        if kwargs:
            if args:
                raise TypeError("either pos or kw args are allowed")
            return self._configure(kwargs)
        if len(args) != 1:
            raise TypeError("can query only one param")
        return self._query(args[0])

    def _configure(self, kwargs):
        settings = {}
        for key, value in kwargs.items():
            if key in ("essid", "ssid"):
                settings["ssid"] = _text(value)
            elif key in ("password", "key"):
                settings["password"] = _text(value)
            elif key in ("authmode", "security"):
                settings["authmode"] = value
            elif key == "channel":
                settings["channel"] = value
            elif key == "hidden":
                settings["hidden"] = bool(value)
            elif key in ("hostname", "dhcp_hostname"):
                hostname(value)
            elif key not in ("mac", "protocol", "txpower", "pm"):
                raise ValueError("unknown config param")
        if settings:
            self._require(False)
            _board.radio_configure_ap(json.dumps(settings))

    def _query(self, key):
        state = self._state()
        if key == "mac":
            mac = bytearray(json.loads(_board.facts())["mac"])
            if not self._is_station:
                mac[0] |= 2
            return bytes(mac)
        if key in ("essid", "ssid"):
            return state[self._which]["ssid"]
        if key == "channel":
            return state["channel"]
        if key in ("hostname", "dhcp_hostname"):
            self._require(True)
            return hostname()
        if key == "protocol":
            return MODE_11N
        if key == "pm":
            return WLAN.PM_PERFORMANCE
        if key == "hidden":
            self._require(False)
            return state["ap"]["hidden"]
        if key in ("authmode", "security"):
            self._require(False)
            return state["ap"]["authmode"]
        raise ValueError("unknown config param")


def _scan_entry(index, network):
    bssid = bytes((0x02, 0x1A, 0x11, 0xF0, 0x00, index + 1))
    ssid = b"" if network["hidden"] else network["ssid"].encode()
    authmode = AUTH_WPA2_PSK if network["password"] else AUTH_OPEN
    return (ssid, bssid, network["channel"], network["rssi"], authmode, int(network["hidden"]))
