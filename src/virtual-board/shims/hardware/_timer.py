"""machine.Timer, which calls back while the program waits for a byte of the UART; a chip does so between any two
bytecodes. And machine.WDT, which never bites.
"""

from _facts import IS_ESP32
import _board
import _wait

_NEVER = 0xFFFFFFFF


class WDT:
    def __init__(self, id=0, timeout=5000):
        pass

    def feed(self):
        pass


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1
    _running = []

    def __init__(self, _id=-1, **settings):
        if IS_ESP32 and not -1 <= _id < 4:
            raise ValueError("invalid Timer number")
        self._id = _id
        self._started = _board.ticks_ms()
        if settings:
            self.init(**settings)

    def init(self, *, mode=PERIODIC, callback=None, period=_NEVER, tick_hz=1000, freq=None, hard=False):
        self._mode = mode
        self._period = int(1000 / freq) if freq else period * 1000 // tick_hz
        self._callback = callback
        self._started = _board.ticks_ms()
        self._due = self._started + self._period
        if self not in Timer._running:
            Timer._running.append(self)
        _plan()

    def deinit(self):
        if self in Timer._running:
            Timer._running.remove(self)
        _plan()

    if IS_ESP32:

        def value(self):
            return _board.ticks_ms() - self._started


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
            if timer._callback:
                timer._callback(timer)
    _plan()


_wait.run_timers = _run_timers
