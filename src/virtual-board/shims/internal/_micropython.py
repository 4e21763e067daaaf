"""micropython, whose kbd_intr also sets the receive interrupt of the UART."""

import micropython as _real
import _board

# No __getattr__: lookups of optional names, as in a class body, would get its exception.
for _name in dir(_real):
    if not _name.startswith("__"):
        globals()[_name] = getattr(_real, _name)


def kbd_intr(_byte):
    _real.kbd_intr(_byte)
    _board.set_interrupt_char(_byte)
