"""micropython, whose kbd_intr also tells the receive interrupt of the UART."""

import micropython as _real
import _board

# No __getattr__: whoever looks for a name that may be missing, as a class body does, would get its exception.
for _name in dir(_real):
    if not _name.startswith("__"):
        globals()[_name] = getattr(_real, _name)


def kbd_intr(_byte):
    _real.kbd_intr(_byte)
    _board.set_interrupt_char(_byte)
