"""machine: resets, identity, and the modelled peripherals."""

from _facts import IS_ESP32 as _IS_ESP32
from _pin import Pin, Signal
from _rtc import RTC
from _timer import WDT, Timer
from _uart import UART
from _wait import interruptible as _interruptible
import _board

if _IS_ESP32:
    PWRON_RESET = 1
    HARD_RESET = 2
    WDT_RESET = 3
    DEEPSLEEP_RESET = 4
    SOFT_RESET = 5
    SLEEP = 2
    DEEPSLEEP = 4
else:
    PWRON_RESET = 0
    WDT_RESET = 1
    SOFT_RESET = 4
    DEEPSLEEP_RESET = 5
    HARD_RESET = 6
    DEEPSLEEP = 4

_FREQUENCIES = (20000000, 40000000, 80000000, 160000000, 240000000) if _IS_ESP32 else (80000000, 160000000)
_frequency = 160000000 if _IS_ESP32 else 80000000


def reset():
    _board.reset()


def soft_reset(_status=None):
    _board.ask_for_soft_reset()
    raise SystemExit


def reset_cause():
    # Only the ESP32's firmware counts a soft reset as one.
    return _board.reset_cause() if _board.after_hard_reset() or not _IS_ESP32 else SOFT_RESET


def unique_id():
    mac = _board.mac()
    if _IS_ESP32:
        return mac
    return bytes((mac[5], mac[4], mac[3], 0))


def freq(_hertz=None):
    global _frequency
    if _hertz is None:
        return _frequency
    if _hertz not in _FREQUENCIES:
        raise ValueError(
            "frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz"
            if _IS_ESP32
            else "frequency can only be either 80Mhz or 160MHz"
        )
    _frequency = _hertz


def idle():
    _board.ticks_ms()


def lightsleep(_ms=None):
    while _ms is None or _ms > 0:
        _interruptible(_board.sleep, 1000 if _ms is None else _ms)
        if _ms is not None:
            break


sleep = lightsleep


def disable_irq():
    return 0


def enable_irq(_state):
    pass
