"""Prints as JSON the machine's name, whether it has WiFi, and whether the portal is installed."""

import ujson as json
from built_ins import os, sys

has_wifi = True
try:
    import network

    if not hasattr(network, "WLAN"):
        has_wifi = False
except ImportError:
    has_wifi = False
try:
    names = [name.rsplit(".", 1)[0] for name in os.listdir("/")]
except OSError:
    names = []
has_portal = "captive_portal" in names and "wifi_join" in names and "credentials" in names
print(json.dumps([sys.platform, os.uname()[4], has_wifi, has_portal]))
