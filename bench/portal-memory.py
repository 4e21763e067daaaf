# What the portal holds, on an interpreter of this computer that is built for 32 bits: started with the folders of the
# board's sources and of the shims for its hardware.
import gc
import sys

sys.path[:0] = sys.argv[1:]

import board

board.sta.networks = {b"Network number 03": (b"secret123", 3000)}
board.sta.found = [(b"Network number %02d" % i, b"abcdef", 1, -30 - i, 3, 0) for i in range(30)]


def held():
    gc.collect()
    return gc.mem_alloc()


before = held()
for name in ("common", "captive_portal", "provisioning", "captive_http", "captive_dns"):
    __import__(name)
print("imported", held() - before)

import captive_portal
import common

portal = captive_portal.CaptivePortal()
common.load("startup").start(portal)
for turn in range(3):
    portal.step()
print("waiting", held() - before)
