"""network: WLAN over the virtual radio, as ports/esp8266/network_wlan.c and ports/esp32/network_wlan.c have it."""

import json as _json
from binascii import hexlify as _hexlify, unhexlify as _unhexlify
from _facts import FACTS as _FACTS, IS_ESP32 as _IS_ESP32
from _wait import interruptible as _interruptible
import _board

STA_IF = 0
AP_IF = 1

if _IS_ESP32:
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
MODE_11N = 4 if _IS_ESP32 else 3

AUTH_OPEN = 0
AUTH_WEP = 1
AUTH_WPA_PSK = 2
AUTH_WPA2_PSK = 3
AUTH_WPA_WPA2_PSK = 4
_AUTH_ENTERPRISE = 5  # AUTH_MAX on ESP8266

_DEFAULT_PROTOCOL = 7 if _IS_ESP32 else MODE_11N
_IGNORED = ("mac", "protocol", "txpower", "pm") + (("max_clients", "bandwidth") if _IS_ESP32 else ())

_names = {"hostname": "mpy-" + _FACTS["chip"], "country": "XX"}
_reconnects = -1


def hostname(_name=None):
    if _name is None:
        return _names["hostname"]
    _names["hostname"] = _name


def country(_code=None):
    if _code is None:
        return _names["country"]
    _names["country"] = _code


def phy_mode(_mode=None):
    return MODE_11N if _mode is None else None


def ipconfig(_key=None, **settings):
    """The name server is the access point's or the router's, whatever is set."""
    _one_of(_key, settings)
    if any(key != "dns" for key in settings or (_key,)):
        raise ValueError("unexpected key")
    return None if settings else WLAN()._state()["station"]["address"][3]


def _one_of(key, settings):
    if key is not None and settings:
        raise TypeError("can't specify pos and kw args")
    if key is None and not settings:
        raise TypeError("must query one param")


def _hex(value, limit):
    return str(_hexlify((value.encode() if isinstance(value, str) else bytes(value))[:limit]), "utf-8")


def _text(digits):
    return str(_unhexlify(digits), "utf-8")


class WLAN:
    IF_STA = 0
    IF_AP = 1
    SEC_OPEN = 0
    SEC_WEP = 1
    SEC_WPA = 2
    SEC_WPA2 = 3
    SEC_WPA_WPA2 = 4
    PM_NONE = 0
    PM_POWERSAVE = 2 if _IS_ESP32 else 1
    PM_PERFORMANCE = 1 if _IS_ESP32 else 2

    def __init__(self, _interface=0):
        if _interface not in (0, 1):
            raise ValueError("invalid WLAN interface identifier") if _IS_ESP32 else ValueError()
        self._is_station = _interface == 0
        self._which = "ap" if _interface else "station"

    def _state(self):
        return _json.loads(_board.radio_state())

    def _require(self, is_station):
        if self._is_station != is_station:
            raise OSError("STA required" if is_station else "AP required")

    def active(self, _on=None):
        if _on is not None:
            if _on and _FACTS["build"]["wifi"] == "unanswered":
                raise RuntimeError("Wifi Unknown Error 0xffffffff")  # micropython#19217
            _board.radio_active(self._which, bool(_on))
            if not _IS_ESP32:
                return
        return self._state()[self._which]["active"]

    def connect(self, _ssid=None, _key=None, *, bssid=None):
        if _IS_ESP32:
            station = self._state()["station"]
            if not station["active"]:
                raise OSError("Wifi Not Started")
            # It retries without limit by default, and connect() fails meanwhile (micropython#17661).
            if station["joining"] or station["failed"] and _reconnects < 0:
                raise OSError("Wifi Internal Error")
        else:
            self._require(True)
        if _ssid is None and _key is None:
            _board.radio_connect_again()
        else:
            _board.radio_connect(_hex(_ssid or "", 32), _hex(_key or "", 64))

    def disconnect(self):
        if not _IS_ESP32:
            self._require(True)
        _board.radio_disconnect()

    def isconnected(self):
        state = self._state()
        if self._is_station:
            return state["station"]["status"] == STAT_GOT_IP
        return state["ap"]["hasClients"]

    def status(self, _what=None):
        if _what is None:
            if self._is_station:
                return self._state()["station"]["status"]
            return None if _IS_ESP32 else -1
        if _what == "rssi" and self._is_station:
            if _IS_ESP32 and not self.isconnected():
                raise OSError("Wifi Not Connected")
            return self._state()["station"]["rssi"]
        if _what == "stations" and not self._is_station:
            return []
        raise ValueError("unknown status param")

    def scan(self):
        if not _IS_ESP32:
            self._require(True)
        if not self._state()["station"]["active"]:
            raise OSError("STA must be active")
        found = _interruptible(_board.radio_scan)
        return [_scan_entry(i, one) for i, one in enumerate(_json.loads(found))]

    def ifconfig(self, _config=None):
        if _config is None:
            return tuple(self._state()[self._which]["address"])
        if _config == "dhcp":
            self._require(True)
            _board.radio_address(self._which, "")
            return
        address, mask, gateway, dns = _config
        if isinstance(mask, int):
            mask = _mask(mask)
        _board.radio_address(self._which, " ".join((address, mask, gateway, dns)))

    def ipconfig(self, _key=None, **settings):
        address, mask, gateway, dns = self.ifconfig()
        _one_of(_key, settings)
        if _key is not None:
            values = {"addr4": (address, mask), "gw4": gateway, "dhcp4": True}
            if _key not in values:
                raise ValueError("unexpected key")
            return values[_key]
        for key, value in settings.items():
            if key == "addr4":
                if isinstance(value, str):
                    value = value.split("/") + [mask]
                address, mask = value[0], _mask(int(value[1])) if value[1].isdigit() else value[1]
            elif key == "gw4":
                gateway = value
            elif key != "dhcp4":
                raise ValueError("unexpected key")
        self.ifconfig((address, mask, gateway, dns))

    def config(self, _key=None, **settings):
        if settings:
            if _key is not None:
                raise TypeError("either pos or kw args are allowed")
            return self._configure(settings)
        if _key is None:
            raise TypeError("can query only one param")
        return self._query(_key)

    def _configure(self, given):
        global _reconnects
        settings = {}
        for key, value in given.items():
            if key in ("essid", "ssid"):
                settings["ssid"] = _hex(value, 32)
            elif key in ("password", "key"):
                settings["password"] = _hex(value, 63)
            elif key in ("authmode", "security"):
                settings["authmode"] = value
            elif key == "channel":
                # On the station it only sets the start of a scan.
                if not self._is_station:
                    settings["channel"] = value
            elif key == "hidden":
                settings["hidden"] = bool(value)
            elif key in ("hostname", "dhcp_hostname"):
                hostname(value)
            elif key == "reconnects" and _IS_ESP32:
                self._require(True)
                _reconnects = value
            elif key not in _IGNORED:
                raise ValueError("unknown config param")
        if settings:
            self._require(False)
            _board.radio_configure_ap(_json.dumps(settings))

    def _query(self, key):
        state = self._state()
        if key == "mac":
            mac = bytearray(_board.mac())
            if not self._is_station:
                if _IS_ESP32:
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
        if _IS_ESP32 and key == "reconnects":
            self._require(True)
            return _reconnects
        if _IS_ESP32 and key == "max_clients":
            return 4
        raise ValueError("unknown config param")


def _mask(prefix_bits):
    bits = (0xFFFFFFFF << (32 - prefix_bits)) & 0xFFFFFFFF
    return ".".join(str(bits >> shift & 255) for shift in (24, 16, 8, 0))


def _scan_entry(index, network):
    bssid = bytes((0x02, 0x1A, 0x11, 0xF0, 0x00, index + 1))
    ssid = b"" if network["hidden"] else _unhexlify(network["ssid"])
    authmode = AUTH_WPA2_PSK if network["password"] else AUTH_OPEN
    if network["enterprise"]:
        authmode = _AUTH_ENTERPRISE
    hidden = False if _IS_ESP32 else int(network["hidden"])
    return (ssid, bssid, network["channel"], network["rssi"], authmode, hidden)


if _FACTS["build"]["wifi"] == "absent":
    del WLAN
