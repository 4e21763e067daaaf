"""network: WLAN over the virtual radio, as ports/esp8266/network_wlan.c and ports/esp32/network_wlan.c have it."""

import json
from binascii import hexlify, unhexlify
from _facts import FACTS, IS_ESP32
from _wait import interruptible
import _board

STA_IF = 0
AP_IF = 1

if IS_ESP32:
    STAT_IDLE = 1000
    STAT_CONNECTING = 1001
    STAT_GOT_IP = 1010
    STAT_BEACON_TIMEOUT = 200
    STAT_NO_AP_FOUND = 201
    STAT_WRONG_PASSWORD = 202
    STAT_ASSOC_FAIL = STAT_CONNECT_FAIL = 203
    STAT_HANDSHAKE_TIMEOUT = 204
    STAT_NO_AP_FOUND_W_COMPATIBLE_SECURITY = 210
    STAT_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD = 211
    STAT_NO_AP_FOUND_IN_RSSI_THRESHOLD = 212
    MODE_LR = 8
else:
    STAT_IDLE = 0
    STAT_CONNECTING = 1
    STAT_WRONG_PASSWORD = 2
    STAT_NO_AP_FOUND = 3
    STAT_CONNECT_FAIL = 4
    STAT_GOT_IP = 5

MODE_11B = 1
MODE_11G = 2
MODE_11N = 4 if IS_ESP32 else 3

AUTH_OPEN = 0
AUTH_WEP = 1
AUTH_WPA_PSK = 2
AUTH_WPA2_PSK = 3
AUTH_WPA_WPA2_PSK = 4
_AUTH_ENTERPRISE = 5  # AUTH_MAX on ESP8266

_DEFAULT_PROTOCOL = 7 if IS_ESP32 else MODE_11N
_IGNORED = ("mac", "protocol", "txpower", "pm") + (("max_clients", "bandwidth") if IS_ESP32 else ())

_names = {"hostname": "mpy-" + FACTS["chip"], "country": "XX"}
_reconnects = -1


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


def _hex(value, limit):
    return str(hexlify((value.encode() if isinstance(value, str) else bytes(value))[:limit]), "utf-8")


def _text(digits):
    return str(unhexlify(digits), "utf-8")


class WLAN:
    IF_STA = 0
    IF_AP = 1
    SEC_OPEN = 0
    SEC_WEP = 1
    SEC_WPA = 2
    SEC_WPA2 = 3
    SEC_WPA_WPA2 = 4
    PM_NONE = 0
    PM_POWERSAVE = 2 if IS_ESP32 else 1
    PM_PERFORMANCE = 1 if IS_ESP32 else 2

    def __init__(self, interface=0):
        if interface not in (0, 1):
            raise ValueError("invalid WLAN interface identifier") if IS_ESP32 else ValueError()
        self._is_station = interface == 0
        self._which = "ap" if interface else "station"

    def _state(self):
        return json.loads(_board.radio_state())

    def _require(self, is_station):
        if self._is_station != is_station:
            raise OSError("STA required" if is_station else "AP required")

    def active(self, on=None):
        if on is not None:
            _board.radio_active(self._which, bool(on))
            if not IS_ESP32:
                return
        return self._state()[self._which]["active"]

    def connect(self, ssid=None, key=None, *, bssid=None):
        if IS_ESP32:
            station = self._state()["station"]
            if not station["active"]:
                raise OSError("Wifi Not Started")
            # It tries again for ever, unless told how often, and says no to whoever asks meanwhile (micropython#17661).
            if station["joining"] or station["failed"] and _reconnects < 0:
                raise OSError("Wifi Internal Error")
        else:
            self._require(True)
        if ssid is None and key is None:
            _board.radio_connect_again()
        else:
            _board.radio_connect(_hex(ssid or "", 32), _hex(key or "", 64))

    def disconnect(self):
        if not IS_ESP32:
            self._require(True)
        _board.radio_disconnect()

    def isconnected(self):
        return self._is_station and self._state()["station"]["status"] == STAT_GOT_IP

    def status(self, what=None):
        if what is None:
            if self._is_station:
                return self._state()["station"]["status"]
            return None if IS_ESP32 else -1
        if what == "rssi" and self._is_station:
            if IS_ESP32 and not self.isconnected():
                raise OSError("Wifi Not Connected")
            return self._state()["station"]["rssi"]
        if what == "stations" and not self._is_station:
            return []
        raise ValueError("unknown status param")

    def scan(self):
        if not IS_ESP32:
            self._require(True)
        if not self._state()["station"]["active"]:
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
        global _reconnects
        settings = {}
        for key, value in kwargs.items():
            if key in ("essid", "ssid"):
                settings["ssid"] = _hex(value, 32)
            elif key in ("password", "key"):
                settings["password"] = _hex(value, 63)
            elif key in ("authmode", "security"):
                settings["authmode"] = value
            elif key == "channel":
                # On the station it only tells where a scan begins.
                if not self._is_station:
                    settings["channel"] = value
            elif key == "hidden":
                settings["hidden"] = bool(value)
            elif key in ("hostname", "dhcp_hostname"):
                hostname(value)
            elif key == "reconnects" and IS_ESP32:
                self._require(True)
                _reconnects = value
            elif key not in _IGNORED:
                raise ValueError("unknown config param")
        if settings:
            self._require(False)
            _board.radio_configure_ap(json.dumps(settings))

    def _query(self, key):
        state = self._state()
        if key == "mac":
            mac = bytearray(FACTS["mac"])
            if not self._is_station:
                if IS_ESP32:
                    mac[5] = (mac[5] + 1) & 0xFF
                else:
                    mac[0] |= 2
            return bytes(mac)
        if key in ("essid", "ssid"):
            return _text(state[self._which]["ssid"])
        if key == "channel":
            return state["channel"]
        if key in ("hostname", "dhcp_hostname"):
            self._require(True)
            return hostname()
        if key == "protocol":
            return _DEFAULT_PROTOCOL
        if key == "pm":
            return WLAN.PM_PERFORMANCE
        if key == "hidden":
            self._require(False)
            return state["ap"]["hidden"]
        if key in ("authmode", "security"):
            self._require(False)
            return state["ap"]["authmode"]
        if IS_ESP32 and key == "reconnects":
            self._require(True)
            return _reconnects
        if IS_ESP32 and key == "max_clients":
            return 4
        raise ValueError("unknown config param")


def _scan_entry(index, network):
    bssid = bytes((0x02, 0x1A, 0x11, 0xF0, 0x00, index + 1))
    ssid = b"" if network["hidden"] else unhexlify(network["ssid"])
    authmode = AUTH_WPA2_PSK if network["password"] else AUTH_OPEN
    if network["enterprise"]:
        authmode = _AUTH_ENTERPRISE
    hidden = False if IS_ESP32 else int(network["hidden"])
    return (ssid, bssid, network["channel"], network["rssi"], authmode, hidden)


if not FACTS["build"]["hasWifi"]:
    del WLAN
