"""Prints 1 where the board is still on its network, which a soft reset keeps."""

import network

print(int(network.WLAN(0).isconnected()))
