"""Prints board and variant of the build; MicroPython has them since 1.25."""

import sys

print(getattr(sys.implementation, "_build", ""))
