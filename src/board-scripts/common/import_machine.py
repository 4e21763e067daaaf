"""`umachine` is known since MicroPython 1.19; before, no file is found before `machine`."""

try:
    import umachine as machine
except ImportError:
    import machine
