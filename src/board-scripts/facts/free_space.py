"""Prints the free space of the filesystem in bytes."""

import uos as os

space = os.statvfs("/")
print(space[0] * space[3])
