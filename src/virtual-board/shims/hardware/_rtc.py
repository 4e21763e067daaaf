"""machine.RTC: a clock that begins in 2000 when the chip is reset, and a little memory."""

from _facts import IS_ESP32
import _board
import time

_MEMORY = 2048 if IS_ESP32 else 492  # bytes
# The last of the eight numbers: microseconds, or milliseconds on an ESP8266.
_FRACTION = 1 if IS_ESP32 else 1000


class RTC:
    if not IS_ESP32:
        ALARM0 = 0

    _alarm_us = 0

    def __init__(self):
        pass

    def datetime(self, _date=None):
        if _date is None:
            us = int(_board.clock_us())
            year, month, day, hour, minute, second, weekday, _ = time.gmtime(us // 1000000)
            return (year, month, day, weekday, hour, minute, second, us % 1000000 // _FRACTION)
        year, month, day, _, hour, minute, second, fraction = _date
        _set(year, month, day, hour, minute, second, fraction)

    def memory(self, _data=None):
        if _data is None:
            return _board.rtc_memory()
        if len(_data) > _MEMORY:
            raise ValueError("buffer too long")
        _board.set_rtc_memory(_data)

    if IS_ESP32:

        def init(self, _date):
            year, month, day, hour, minute, second, _, fraction = _date
            _set(year, month, day, hour, minute, second, fraction)

    else:

        def alarm(self, _id, _ms):
            if _id != 0:
                raise ValueError("invalid alarm")
            RTC._alarm_us = int(_board.clock_us()) + _ms * 1000

        def alarm_left(self, _id=0):
            if _id != 0:
                raise ValueError("invalid alarm")
            return max(0, RTC._alarm_us - int(_board.clock_us())) // 1000

        def irq(self, *, trigger=0, wake=0):
            if trigger != 0:
                raise ValueError("invalid alarm")


def _set(year, month, day, hour, minute, second, fraction):
    seconds = time.mktime((year, month, day, hour, minute, second, 0, 0))
    _board.set_clock_us(seconds * 1000000 + fraction * _FRACTION)
