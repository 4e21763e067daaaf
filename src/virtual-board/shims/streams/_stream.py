"""What the board's streams have in common, as py/stream.c has it.

A parameter whose name begins with an underscore takes no keyword, as those of C functions: true of all shims.
"""

import io


class Stream(io.IOBase):
    """`_fill(view)` and `_put(view)` give the number of bytes done; None: they would block."""

    def readinto(self, _buffer, _size=-1):
        view = memoryview(_buffer)
        return self._fill(view if _size < 0 else view[:_size])

    def write(self, _data, _first=-1, _second=None):
        """write(data), write(data, length), write(data, offset, length), in bytes."""
        view = memoryview(_data.encode() if isinstance(_data, str) else _data)
        if _second is not None:
            view = view[_first:]
            _first = _second
        return self._put(view if _first < 0 else view[:_first])

    def readlines(self):
        return list(self)

    def __enter__(self):
        return self

    def __exit__(self, _type, _value, _traceback):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line
