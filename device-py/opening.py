"""What turns a board into a captive portal: its own WiFi, and the two servers on it. Needed once."""

import sys
from time import sleep_ms

# What takes most memory to compile comes first, while there is most.
from captive_http import HTTPServer
from sign_in import SignIn
from captive_site import reply
from captive_dns import DNSServer
from page import shown
from server import printable


def open_portal(portal):
    """Put the portal into its first state and everything into place for its loop."""
    point = portal.access_point
    ip = portal.ap_ip
    url = "http://{}/".format(ip)
    essid = portal.essid
    if essid is None:
        essid = "ESP32" if sys.platform == "esp32" else "ESP8266"
        essid = "{}-{:02x}{:02x}{:02x}".format(essid, *point.config("mac")[-3:])
    if isinstance(essid, str):
        essid = essid.encode()
    slots = {"essid": shown(essid), "url": url.encode(), "ssid": b"", "problem": b""}
    portal.signing = signing = SignIn(portal, slots)  # with a scan, which later would disturb phones
    signing.url = url
    host = (portal.hostname or "localhost").lower().encode()
    signing.hosts = (host, host + b".local", b"localhost")

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

    portal.http = HTTPServer(portal.poller, reply, signing)
    print("Configured HTTP server")
    portal.dns = DNSServer(portal.poller, ip, portal.http.out)
    print("Configured DNS server")
    print("Captive portal ready: join WiFi '{}', then open {}".format(printable(essid), url))
