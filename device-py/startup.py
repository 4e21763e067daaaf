"""Starts the portal: tries the stored network, then opens the access point."""

import select
import socket
import sys
from time import sleep_ms

import network
from common import load, printable
from micropython import const

# The same on every chip.
_POLLIN = const(1)
_STA_IF = const(0)
_AP_IF = const(1)
_AF_INET = const(2)
_SOCK_STREAM = const(1)
_SOCK_DGRAM = const(2)


def configure(portal, options):
    """Set the portal's options: those of portal_config.py, then these."""
    wanted = {}
    try:
        wanted.update(load("portal_config").OPTIONS)
    except ImportError:
        pass
    except Exception as error:  # any error: the portal must start anyway
        print("Invalid portal_config:", repr(error))
    wanted.update(options)
    for name in wanted:
        getattr(portal, name)  # AttributeError for an unknown option
        setattr(portal, name, wanted[name])
    portal.station = network.WLAN(_STA_IF)
    portal.access_point = network.WLAN(_AP_IF)


def start(portal):
    """Join the stored network and return the address, or open the portal and return None."""
    for name in ("country", "hostname"):
        value = getattr(portal, name)
        if value:
            getattr(network, name, str)(value)  # str is a no-op where the function is missing
    # Both off: the SDK may use a stored network or access point.
    portal.station.active(False)
    portal.access_point.active(False)
    portal.stored = load("credentials").load()
    wanted = portal.stored
    try:
        wanted = wanted and not load("button").value(portal.button)
    except ImportError:
        pass  # a board without --portal-button, whatever its settings say
    if wanted:
        for outcome in load("wifi_join").attempt(portal, []):
            if outcome:
                break
            sleep_ms(200)
        if outcome[2]:
            if portal.stored[1:]:
                load("credentials").save(portal.stored, *outcome[1])
            print(outcome[0])
            return outcome[2]
        print("Connect with saved credentials failed, starting captive portal")
    begin(portal)


def begin(portal):
    """Open the access point and prepare the loop."""
    print("Starting captive portal")
    access_point = portal.access_point
    ip = portal.ap_ip
    url = "http://{}/".format(ip)
    essid = portal.essid
    if essid is None:
        essid = "{}-{:02x}{:02x}{:02x}".format(sys.platform.upper(), *access_point.config("mac")[-3:])
    portal.poller = select.poll()
    fold = "" if portal.stored else "hidden"
    portal.signing = load("provisioning").SignIn(portal, essid=essid, url=url, fold=fold)
    try:
        load("index").update(portal.signing.slots)  # custom fields, where a board has them
    except ImportError:
        pass

    print("Waiting for access point to turn on")
    while not access_point.active():
        access_point.active(True)
    # WPA2, or open.
    access_point.config(essid=essid, authmode=3 if portal.password else 0, password=portal.password or "")
    access_point.ifconfig((ip, "255.255.255.0", ip, ip))  # gateway and name server of the clients
    print("AP mode configured:", access_point.ifconfig())

    serve(portal)
    # A phone's QR code depends on "protected".
    kind = "protected " if portal.password else ""
    print("Captive portal ready: join {}WiFi '{}', then open {}".format(kind, printable(essid), url))


def serve(portal):
    """Start or restart the servers."""
    for server in portal.servers:
        server.close()
    portal.servers = ()
    listen(portal, "HTTP", 80, _SOCK_STREAM)
    listen(portal, "DNS", 53, _SOCK_DGRAM)


def listen(portal, name, port, kind):
    """Start the server of this name on a port."""
    sock = socket.socket(_AF_INET, kind)
    try:
        # A restart must not wait for the time-out of earlier connections.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind(("", port))
        if port == 80:
            # All that an ESP8266 has: the SYN of a sixth is lost and comes again. With fewer it is reset.
            sock.listen(5)
        server = load("captive_" + name.lower()).serve(sock, portal)
        portal.poller.register(sock, _POLLIN)
    except Exception:
        sock.close()  # otherwise its port stays in use
        raise
    next(server)
    portal.servers += (server,)
    print("{0} Server listening on ('0.0.0.0', {1})\nConfigured {0} server".format(name, port))
