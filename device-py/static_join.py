"""Joins with the static address of the form. Where the page asks for one, `install` names this module
wifi_join, and that one plain_join."""

from common import load


def attempt(portal, wishes):
    """As wifi_join.attempt(), with the address that came with the first of wishes, else the stored one."""
    values = wishes[0][2:] if wishes else ()
    values = values[0] if values else load("kept").read(())
    earlier = portal.static_ip
    try:
        portal.static_ip = load("static_ip").parse(values.get("static_ip", ""))
    except ValueError:  # the file was edited
        portal.static_ip = None
    if earlier and not portal.static_ip:
        portal.station.active(True)
        try:
            portal.station.ifconfig("dhcp")
        except OSError as error:
            print("DHCP failed:", error)
    return load("plain_join").attempt(portal, wishes)
