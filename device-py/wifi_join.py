"""Joins a network, or finds out why that failed; loaded only meanwhile."""

from common import after, is_over, load, printable


def attempt(portal, wishes):
    """Try to join the first of wishes, SSID and password (bytes) and custom fields, else those stored.

    Yield None while trying, finally (text for the page, pair, None, reason), or (line for the log, pair,
    address): the line must be printed after the network is stored, because a reader may cut the power then.
    """
    station = portal.station
    networks = wishes[:1] or portal.stored[:]
    found = load("networks").scan(portal) if networks[1:] else b""
    while networks:
        # Those in range, the strongest first, then the others, which may be hidden, as they were used.
        # A name that is part of another one only comes too early.
        wanted = min(networks, key=lambda network: found.find(network[0]) % 512)
        networks.remove(wanted)
        name = printable(wanted[0])
        print("Trying to connect to SSID '%s'" % name)
        reason = None
        station.active(True)
        try:
            station.config(reconnects=5)  # otherwise an ESP32 never reports a failed handshake
        except ValueError:
            pass  # an ESP8266, or older firmware
        try:
            if portal.static_ip:
                station.ifconfig(portal.static_ip)
            station.connect(*wanted[: 2 if wanted[1] else 1])
        except (OSError, ValueError):  # the SDK rejects the name or key
            reason = "connection failed"
        count = 0
        while not reason:
            status = station.status()
            # Retry all failures but a wrong password: a router may still be starting. An ESP32 shows its
            # last failure while it retries, so the status must stay for several tries. Other stored networks
            # need not wait until a router that was not found has started.
            limit = 2 if status in (15, 202) or networks and status in (3, 201) else 9
            if count > limit or (status == 2 and count):
                reason = "timed out"
                # WLAN.status() on ESP8266 (below 10) and on ESP32; 15 and 204 are handshakes that failed.
                if status in (2, 15, 202, 204):
                    reason = "wrong password"
                elif status in (3, 200, 201, 210, 211, 212):
                    reason = "network not found"
                elif status in (4, 203):
                    reason = "connection failed"
                else:
                    try:  # 31 without a network on ESP8266, an error on ESP32
                        if station.status("rssi") < 0:
                            reason = "no address"
                    except OSError:
                        pass
                break
            count += 1
            print("Connection attempt %d/10 ..." % count)
            at = after(2000)
            while not is_over(at):
                address = station.isconnected() and station.ifconfig()[0]
                if address and address != "0.0.0.0":
                    try:
                        station.config(reconnects=-1)  # no limit once it is in the network
                    except ValueError:
                        pass
                    for values in wanted[2:]:
                        load("kept").save(values)
                    yield "Connected to %s, address %s" % (name, address), wanted[:2], address
                yield None
        print("Failed to connect to %s. WLAN status=%d (%s)" % (name, station.status(), reason))
        station.active(False)
    yield "Could not connect: %s." % reason, wanted, None, reason
