"""asyncio: the interpreter's own, which is made for a browser, with timers and a loop in place of the browser's.

Programs import it by that name; see host-functions/library.ts.
"""

import select
import socket
import sys
import time

_POLL_MS = 2


class _Timers:
    """setTimeout and clearTimeout, as asyncio.core asks of the browser."""

    def __init__(self):
        self._due = {}
        self._last = 0

    def setTimeout(self, callback, delay_ms):
        self._last += 1
        self._due[self._last] = (time.ticks_add(time.ticks_ms(), delay_ms), callback)
        return self._last

    def clearTimeout(self, number):
        self._due.pop(number, None)

    def run_next(self):
        """Waits for the next timer; returns False when there is none."""
        now = time.ticks_ms()
        if not self._due:
            return False
        number = min(self._due, key=lambda one: time.ticks_diff(self._due[one][0], now))
        due, callback = self._due.pop(number)
        time.sleep_ms(max(0, time.ticks_diff(due, now)))
        callback()
        return True


_timers = _Timers()
_bridge, _path = sys.modules["js"], sys.path[:]
_this = sys.modules.pop("asyncio")
sys.modules["js"] = _timers
sys.path[:] = [".frozen"]
try:
    import asyncio as _own
    from asyncio import core
finally:
    sys.path[:] = _path
    sys.modules["js"] = _bridge
    sys.modules["asyncio"] = _this
for _name in dir(_own):
    if not _name.startswith("__"):
        globals()[_name] = getattr(_own, _name)


def run_until_complete(_awaitable):
    ended = []
    task = core._promote_to_task(_awaitable)
    task.state = lambda task, reason: ended.append(reason)
    core._schedule_run_iter(0)
    while not ended:
        if not _timers.run_next():
            return None
    if isinstance(ended[0], StopIteration):
        return ended[0].value
    raise ended[0]


def run(_coroutine):
    return run_until_complete(_coroutine)


def run_forever():
    core._schedule_run_iter(0)
    while _timers.run_next():
        pass


async def _ready(stream, event):
    poller = select.poll()
    poller.register(stream, event)
    while not poller.poll(0):
        await core.sleep_ms(_POLL_MS)


class Stream:
    def __init__(self, _stream, _info={}):
        self.s = _stream
        self._info = _info
        self._out = b""

    def get_extra_info(self, _name):
        return self._info[_name]

    async def __aenter__(self):
        return self

    async def __aexit__(self, _type, _value, _traceback):
        self.close()

    def close(self):
        self.s.close()

    async def wait_closed(self):
        self.s.close()

    async def read(self, n=-1):
        out = b""
        while True:
            await _ready(self.s, select.POLLIN)
            part = self.s.read(n)
            if part is None:
                continue
            out += part
            if n >= 0 or not part:
                return out

    async def readinto(self, _buffer):
        await _ready(self.s, select.POLLIN)
        return self.s.readinto(_buffer)

    async def readexactly(self, _count):
        out = b""
        while len(out) < _count:
            await _ready(self.s, select.POLLIN)
            part = self.s.read(_count - len(out))
            if part == b"":
                raise EOFError
            out += part or b""
        return out

    async def readline(self):
        out = b""
        while not out.endswith(b"\n"):
            await _ready(self.s, select.POLLIN)
            part = self.s.readline()
            if part == b"":
                break
            out += part or b""
        return out

    def write(self, _data):
        self._out += _data.encode() if isinstance(_data, str) else bytes(_data)

    async def drain(self):
        while self._out:
            await _ready(self.s, select.POLLOUT)
            done = self.s.write(self._out)
            self._out = self._out[done or 0 :]


class Server:
    def __init__(self, listener, client_connected):
        self._listener = listener
        self.task = core.create_task(self._serve(client_connected))

    async def __aenter__(self):
        return self

    async def __aexit__(self, _type, _value, _traceback):
        self.close()
        await self.wait_closed()

    def close(self):
        self.task.cancel()

    async def wait_closed(self):
        try:
            await self.task
        except core.CancelledError:
            pass

    async def _serve(self, client_connected):
        try:
            while True:
                await _ready(self._listener, select.POLLIN)
                connection, address = self._listener.accept()
                connection.setblocking(False)
                stream = Stream(connection, {"peername": address})
                core.create_task(client_connected(stream, stream))
        finally:
            self._listener.close()


async def start_server(cb, host, port, backlog=5, ssl=None):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(backlog)
    return Server(listener, cb)


async def open_connection(host, port, ssl=None, server_hostname=None):
    connection = socket.socket()
    try:
        connection.connect(socket.getaddrinfo(host, port)[0][-1])
    except OSError:
        connection.close()
        raise


class ThreadSafeFlag:
    def __init__(self):
        self._set = False

    def set(self):
        self._set = True

    def clear(self):
        self._set = False

    async def wait(self):
        while not self._set:
            await core.sleep_ms(_POLL_MS)
        self._set = False


StreamReader = StreamWriter = Stream
for _name in ("run_until_complete", "run_forever"):
    setattr(core.Loop, _name, globals()[_name])
