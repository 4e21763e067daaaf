"""Calls that may block, and that Ctrl-C ends."""

_INTERRUPTED = -1000


def interruptible(function, *args):
    # A Ctrl-C that came while the program printed is raised at the next branch: have one before the wait.
    result = function(*args) if function else None
    if result == _INTERRUPTED:
        raise KeyboardInterrupt
    return result
