"""time: Ctrl-C interrupts waits, and the clock starts in 2000, as without a set time."""

import _time
from _time import ticks_add, ticks_cpu, ticks_diff
from _wait import interruptible as _interruptible
import _board

_EPOCH_2000 = 946684800  # seconds after 1970, where the interpreter's own clock begins


# Adding zero rejects values that are not numbers.
def sleep(_seconds):
    _interruptible(_board.sleep, (_seconds + 0) * 1000)


def sleep_ms(_ms):
    _interruptible(_board.sleep, _ms + 0)


def sleep_us(_us):
    _interruptible(_board.sleep, _us / 1000)


def ticks_ms():
    return _board.ticks_ms()


def ticks_us():
    return _board.ticks_us()


def time():
    return _board.clock_s()


def time_ns():
    return int(_board.clock_us()) * 1000


def gmtime(_seconds=None):
    return _time.gmtime(_EPOCH_2000 + (time() if _seconds is None else int(_seconds)))


localtime = gmtime


def mktime(_date):
    return int(_time.mktime(_date)) - _EPOCH_2000
