"""inisetup on a new filesystem."""

import binascii
import network
from _facts import IS_ESP32

_BOOT_ESP8266 = """\
# This file is executed on every boot (including wake-boot from deepsleep)
#import esp
#esp.osdebug(None)
import os, machine
#os.dupterm(None, 1) # disable REPL on UART(0)
import gc
#import webrepl
#webrepl.start()
gc.collect()
"""
_BOOT_ESP32 = """\
# This file is executed on every boot (including wake-boot from deepsleep)
#import esp
#esp.osdebug(None)
#import webrepl
#webrepl.start()
"""


def setup():
    print("Performing initial setup")
    if not IS_ESP32:
        _access_point()
    with open("boot.py", "w") as f:
        f.write(_BOOT_ESP32 if IS_ESP32 else _BOOT_ESP8266)


def _access_point():
    ap_if = network.WLAN(network.AP_IF)
    ssid = b"MicroPython-%s" % binascii.hexlify(ap_if.config("mac")[-3:])
    ap_if.config(ssid=ssid, security=network.AUTH_WPA_WPA2_PSK, key=b"micropythoN")
