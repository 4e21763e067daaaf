# What the portal holds, on an interpreter of this computer that is built for 32 bits: after its import, while it waits,
# and at the highest moment of a whole sign-in. Started with the folders of the board's files and of the shims for its
# hardware. What the shims need for a socket is not counted, as a board keeps those in lwIP.
import builtins
import gc
import sys

sys.path[:0] = sys.argv[1:]

import os

os.chdir(sys.argv[1])
import board
from board import get, post


def held():
    gc.collect()
    return gc.mem_alloc()


class Sent:
    def extend(self, data):
        pass


def socket(*args):
    make(*args)
    args[0].sent = Sent()  # what a phone has received is not on the board


make = board.Socket.__init__
board.Socket.__init__ = socket
board.sta.networks = {b"Network number 03": (b"secret123", 3000)}
board.sta.found = [(b"Network number %02d" % i, b"abcdef", 1, -30 - i, 3, 0) for i in range(20)]

spare = [board.Socket()]
before = held()
spare.append(board.Socket())
socket_bytes = held() - before
for sock in spare:
    sock.close()
spare = None

peak = [0, ""]


def sample(where):
    now = held() - start - socket_bytes * board.open_sockets()
    if now > peak[0]:
        peak[:] = now, "at {} ms, {}".format(board.now, where)
    return now


def sampled(owner, name):
    function = getattr(owner, name)

    def call(*args):
        sample(name)
        result = function(*args)
        sample(name)
        return result

    setattr(owner, name, call)


for owner, names in ((board.Socket, "send recv accept sendto"), (board.Station, "scan status connect")):
    for name in names.split():
        sampled(owner, name)
sampled(builtins, "open")
sampled(builtins, "__import__")

waiting = []
board.at(3500, lambda: waiting.append(sample("waiting")))
# A phone: its probes, the form, the form sent, the page that renews itself, Done.
for turn in range(3):
    board.at(4000, lambda: get("/generate_204", "connectivitycheck.gstatic.com"))
board.at(5000, lambda: get("/"))
board.at(5000, lambda: get("/favicon.ico"))
board.at(9000, lambda: post("/login", b"ssid=Network+number+03&password=secret123"))
for ms in (12000, 14000, 16000):
    board.at(ms, lambda: get("/"))
board.at(20000, lambda: post("/done"))

start = 0
start = held()
import captive_portal

imported = held() - start
address = captive_portal.CaptivePortal().start()
assert address == "10.0.0.7", address
print("imported", imported)
print("waiting", waiting[0])
print("peak", peak[0])
print("# the peak is", peak[1])
