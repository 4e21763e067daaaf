"""Calls that may block, and that Ctrl-C ends."""

_INTERRUPTED = -1000
_TIMER_DUE = -1001


def _no_timers():
    pass


# What calls the callbacks of timers that are due; machine.Timer puts it here.
run_timers = _no_timers


def interruptible(function, *args):
    # A Ctrl-C during a print is raised at the next branch: run one before the wait.
    while True:
        result = function(*args) if function else None
        if result == _INTERRUPTED:
            raise KeyboardInterrupt
        if result != _TIMER_DUE:
            return result
        run_timers()
