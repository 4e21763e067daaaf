"""Defines open_portal(): the portal without the stored network, then the program, as after a sign-in."""

from captive_portal import CaptivePortal
from common import load


def open_portal():
    portal = CaptivePortal()
    portal.station.active(False)
    portal.stored = load("credentials").load()
    load("startup").begin(portal)
    try:
        while not portal.step():
            pass
    finally:
        for server in portal.servers:
            server.close()
        portal.access_point.active(False)
        print("Turned off access point")
    __import__("app")
