"""What turns a board into a captive portal: its own WiFi, and the two servers on it. Needed once."""

import sys
from binascii import hexlify
from time import sleep_ms

from captive_dns import DNSServer
from captive_http import HTTPServer
from captive_site import reply
from server import printable
from sign_in import SignIn


def open_portal(portal):
    """Put the portal into its first state and everything into place for its loop."""
    signing = SignIn(portal)  # with a scan, which later would disturb phones
    portal.signing = signing
    point = portal.access_point
    essid = portal.essid
    if essid is None:
        chip = "ESP32" if sys.platform == "esp32" else "ESP8266"
        essid = "{}-{}".format(chip, str(hexlify(point.config("mac")[-3:]), "utf-8"))
    signing.essid = essid = essid.encode() if isinstance(essid, str) else essid
    name = (portal.hostname or "localhost").lower().encode()
    signing.names = (name, name + b".local", b"localhost")
    ip = portal.ap_ip
    signing.url = "http://{}/".format(ip)
    while True:
        print("Waiting for access point to turn on")
        point.active(True)
        if point.active():
            break
        sleep_ms(1000)
    if portal.password:
        point.config(essid=essid, authmode=3, password=portal.password)  # WPA2
    else:
        point.config(essid=essid, authmode=0)
    point.ifconfig((ip, "255.255.255.0", ip, ip))  # gateway and name server of whoever joins
    print("AP mode configured: {}".format(point.ifconfig()))

    portal.http = HTTPServer(portal.poller, lambda request: reply(signing, request))
    print("Configured HTTP server")
    portal.dns = DNSServer(portal.poller, ip)
    print("Configured DNS server")
    print("Captive portal ready: join WiFi '{}', then open {}".format(printable(essid), signing.url))
