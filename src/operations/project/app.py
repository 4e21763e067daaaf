"""Runs when the board is on its network: the portal imports this module.

An editor completes the names of MicroPython's modules with the stubs for your board:
    pip install micropython-esp8266-stubs      (or micropython-esp32-stubs)
"""

import time

print("Hello from app.py")
while True:
    print("Running for", time.ticks_ms() // 1000, "seconds")
    time.sleep(10)
