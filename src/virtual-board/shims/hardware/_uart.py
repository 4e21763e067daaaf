"""machine.UART(0), the UART that the REPL is on: its rate, and output. What it receives goes to the REPL."""

from _facts import IS_ESP32, VERSION
from _stream import Stream
import _board

_REPL_UART_SINCE = (1, 19)  # ports/esp32/machine_uart.c, commit 919e586e46
_MAX_BAUD_RATE = 5000000


class UART(Stream):
    def __init__(self, _id, baudrate=0, bits=0, parity=-1, stop=0, **settings):
        if _id != 0:
            raise ValueError("UART({}) does not exist: a virtual board has UART(0) alone".format(_id))
        if IS_ESP32 and VERSION < _REPL_UART_SINCE:
            raise ValueError("UART(0) is disabled (dedicated to REPL)")
        self.init(baudrate, bits, parity, stop, **settings)

    def init(self, baudrate=0, bits=0, parity=-1, stop=0, **settings):
        if bits not in (0, 8) or parity not in (-1, None) or stop not in (0, 1) or settings:
            raise ValueError("a virtual board's UART has 8 data bits, no parity and 1 stop bit")
        if not 0 <= baudrate <= _MAX_BAUD_RATE:
            raise ValueError("invalid baudrate")
        if baudrate:
            _board.set_uart_rate(baudrate)

    def any(self):
        return 0

    def read(self, _size=-1):
        return None

    def readline(self, _size=-1):
        return None

    def _fill(self, view):
        return None

    def _put(self, view):
        _board.stdout_write(view)
        return len(view)

    def __repr__(self):
        return "UART(0, baudrate={}, bits=8, parity=None, stop=1)".format(_board.uart_rate())
