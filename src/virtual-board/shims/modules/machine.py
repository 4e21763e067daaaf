"""machine: resets, identity, timers, and pins that lead nowhere."""

from _facts import FACTS, IS_ESP32
from _wait import interruptible
import _board
import _wait

if IS_ESP32:
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

_FREQUENCIES = (20000000, 40000000, 80000000, 160000000, 240000000) if IS_ESP32 else (80000000, 160000000)
_frequency = 160000000 if IS_ESP32 else 80000000


def reset():
    _board.reset()


def soft_reset():
    _board.ask_for_soft_reset()
    raise SystemExit


def reset_cause():
    # Only the ESP32's firmware counts a soft reset as one.
    return FACTS["resetCause"] if _board.after_hard_reset() or not IS_ESP32 else SOFT_RESET


def unique_id():
    mac = FACTS["mac"]
    if IS_ESP32:
        return bytes(mac)
    return bytes((mac[5], mac[4], mac[3], 0))


def freq(hertz=None):
    global _frequency
    if hertz is None:
        return _frequency
    if hertz not in _FREQUENCIES:
        raise ValueError(
            "frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz"
            if IS_ESP32
            else "frequency can only be either 80Mhz or 160MHz"
        )
    _frequency = hertz


def idle():
    _board.ticks_ms()


def lightsleep(ms=None):
    while ms is None or ms > 0:
        interruptible(_board.sleep, 1000 if ms is None else ms)
        if ms is not None:
            break


sleep = lightsleep


def disable_irq():
    return 0


def enable_irq(state=0):
    pass


class Pin:
    IN = 0
    OUT = 1
    OPEN_DRAIN = 2
    PULL_UP = 1
    IRQ_RISING = 1
    IRQ_FALLING = 2
    _levels = {}

    def __init__(self, number, mode=-1, pull=-1, value=None):
        self._number = number
        self.init(mode, pull, value)

    def init(self, mode=-1, pull=-1, value=None):
        if value is not None:
            self.value(value)

    def value(self, level=None):
        if level is None:
            return self._levels.get(self._number, 0)
        self._levels[self._number] = 1 if level else 0

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler=None, trigger=3, hard=False):
        return self

    def __repr__(self):
        return "Pin({})".format(self._number)


Signal = Pin


class WDT:
    def __init__(self, id=0, timeout=5000):
        pass

    def feed(self):
        pass


class Timer:
    """Calls back while the program waits for a byte of the UART; a chip does so between any two bytecodes."""

    ONE_SHOT = 0
    PERIODIC = 1
    _running = []

    def __init__(self, id=-1, **settings):
        if IS_ESP32 and not 0 <= id < 4:
            raise ValueError("invalid Timer number")
        if settings:
            self.init(**settings)

    def init(self, mode=PERIODIC, period=-1, callback=None, freq=None):
        self._mode = mode
        self._period = int(1000 / freq) if freq else period
        self._callback = callback
        self._due = _board.ticks_ms() + self._period
        if self not in Timer._running:
            Timer._running.append(self)
        _plan()

    def deinit(self):
        if self in Timer._running:
            Timer._running.remove(self)
        _plan()


def _plan():
    now = _board.ticks_ms()
    dues = [timer._due - now for timer in Timer._running]
    _board.set_timer(max(0, min(dues)) if dues else -1)


def _run_timers():
    now = _board.ticks_ms()
    for timer in Timer._running[:]:
        if timer._due <= now:
            if timer._mode == Timer.PERIODIC:
                timer._due += timer._period
            else:
                Timer._running.remove(timer)
            timer._callback(timer)
    _plan()


_wait.run_timers = _run_timers
