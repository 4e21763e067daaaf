"""What was printed has to leave the UART's buffer first."""

import utime
from import_machine import machine

utime.sleep_ms(20)
machine.reset()
