"""Opens the portal as for a board that has lost its network, then runs the program. It uses what programs may
use: names within the portal are shortened."""

import network
import portal
import utime

network.WLAN(0).active(False)
while not portal.keep(0):
    utime.sleep_ms(20)
import app
