"""micropython, whose kbd_intr also tells the receive interrupt of the UART."""

import micropython as _real
from micropython import const
import _board


def kbd_intr(byte):
    _real.kbd_intr(byte)
    _board.set_interrupt_char(byte)


def __getattr__(name):
    return getattr(_real, name)
