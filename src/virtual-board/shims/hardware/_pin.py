"""machine.Pin and machine.Signal: unconnected pins, each with a stored level."""

from _facts import IS_ESP32


class _Irq:
    def __init__(self, trigger):
        self._trigger = trigger

    def __call__(self):
        pass

    def trigger(self, _trigger=None):
        before = self._trigger
        if _trigger is not None:
            self._trigger = _trigger
        return before


class Pin:
    IN, OUT, OPEN_DRAIN = (1, 3, 7) if IS_ESP32 else (0, 1, 2)
    PULL_UP = 2 if IS_ESP32 else 1
    IRQ_RISING = 1
    IRQ_FALLING = 2
    if IS_ESP32:
        PULL_DOWN = 1
        WAKE_LOW = 4
        WAKE_HIGH = 5
        DRIVE_0, DRIVE_1, DRIVE_2, DRIVE_3 = range(4)
    _levels = {}

    def __init__(self, _number, mode=-1, pull=-1, **settings):
        self._number = _number
        self.init(mode, pull, **settings)

    if IS_ESP32:

        def init(self, mode=None, pull=-1, *, value=None, drive=None, hold=None):
            if value is not None:
                self.value(value)

        def irq(self, handler=None, trigger=3, wake=None):
            return _Irq(trigger)

    else:

        def init(self, mode, pull=None, *, value=None):
            if value is not None:
                self.value(value)

        def irq(self, handler=None, trigger=3, hard=False):
            return _Irq(trigger)

    def value(self, _level=None):
        if _level is None:
            return self._levels.get(self._number, 0)
        self._levels[self._number] = 1 if _level else 0

    def __call__(self, _level=None):
        return self.value(_level)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(1 - self.value())

    def __repr__(self):
        return "Pin({})".format(self._number)


class Signal:
    def __init__(self, _pin, *args, invert=False, **settings):
        if not hasattr(_pin, "value"):
            if invert and "value" in settings:
                settings["value"] = not settings["value"]
            _pin = Pin(_pin, *args, **settings)
        elif args or settings:
            raise TypeError
        self._pin = _pin
        self._invert = bool(invert)

    def value(self, _level=None):
        if _level is None:
            return self._pin.value() ^ self._invert
        self._pin.value(bool(_level) ^ self._invert)

    def __call__(self, _level=None):
        return self.value(_level)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)
