"""time: waits give way to Ctrl-C, and the clock starts in 2000 like one that nobody has set."""

import _time
from _time import ticks_add, ticks_cpu, ticks_diff
from _wait import interruptible
from _board import sleep as _sleep, ticks_ms, ticks_us, uptime_s as time

_EPOCH_2000 = 946684800  # seconds after 1970, where the interpreter's own clock begins


# Adding zero refuses what is no number.
def sleep(seconds):
    interruptible(_sleep, (seconds + 0) * 1000)


def sleep_ms(ms):
    interruptible(_sleep, ms + 0)


def sleep_us(us):
    interruptible(_sleep, us / 1000)


def time_ns():
    return time() * 1000000000


def gmtime(seconds=None):
    return _time.gmtime(_EPOCH_2000 + (time() if seconds is None else int(seconds)))


localtime = gmtime


def mktime(date):
    return int(_time.mktime(date)) - _EPOCH_2000
