"""Receives files into the staging folder at a faster rate of the UART, if both ends agree on it by an echo.
The other half is in micropython/faster-rate.ts.

0xf1 says that the rate changes now, or that GO has arrived; 0xf2 that it cannot be changed. A board at a
rate that only it has cannot be reached: a timer sets the rate back if GO does not come, and restarts a board
that receives nothing after that.
"""

import micropython
import utime
from built_ins import sys
from import_machine import machine
from parameters import BACK_MS, FAST_RATE, FILE_SIZES, GO, PROBE, RATE, SENT_BYTES, WINDOW_BITS
from receiver import receive, timer

_DRAIN_MS = 20  # for the 128 bytes of the transmitter, which a change empties
_SILENCE_MS = 8000

read_into = sys.stdin.buffer.readinto
send = sys.stdout.buffer.write


def set_rate(rate):
    utime.sleep_ms(_DRAIN_MS)
    machine.UART(0, rate)


def restart_later():
    timer.init(period=_SILENCE_MS, mode=0, callback=lambda _: machine.reset())


def set_back(_):
    set_rate(RATE)
    restart_later()


def wait_for_go():
    seen = b""
    byte = bytearray(1)
    while seen[-3:] != GO:
        read_into(byte)
        seen = (seen + byte)[-32:]
        if seen == PROBE:
            send(PROBE)
    timer.deinit()
    send(b"\xf1")


def receive_faster():
    micropython.kbd_intr(-1)
    timer.init(period=BACK_MS, mode=0, callback=set_back)
    send(b"\xf1")
    set_rate(FAST_RATE)
    wait_for_go()
    try:
        receive(SENT_BYTES, WINDOW_BITS, FILE_SIZES)
    finally:
        micropython.kbd_intr(-1)
        restart_later()
        set_rate(RATE)
        wait_for_go()
        micropython.kbd_intr(3)


try:
    set_rate(RATE)
    is_settable = True
except (AttributeError, ValueError):  # as an ESP32 before 1.19
    is_settable = False
if is_settable:
    receive_faster()
else:
    send(b"\xf2")
    receive(SENT_BYTES, WINDOW_BITS, FILE_SIZES)
