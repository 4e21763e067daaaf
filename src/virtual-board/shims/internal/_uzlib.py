"""uzlib, which MicroPython had until 1.21 in place of deflate (extmod/moduzlib.c)."""

import io as _io
from deflate import AUTO as _AUTO, RAW as _RAW, DeflateIO as _DeflateIO


class DecompIO(_io.IOBase):
    """Below zero the window of a raw stream, otherwise that of the stream's header."""

    def __init__(self, _stream, _wbits=0):
        self._inflater = _DeflateIO(_stream, _RAW if _wbits < 0 else _AUTO, -_wbits if _wbits < 0 else 0)

    def read(self, _size=-1):
        return self._inflater.read(_size)

    def readinto(self, _buffer, _size=-1):
        return self._inflater.readinto(_buffer) if _size < 0 else self._inflater.readinto(_buffer, _size)

    def readline(self, _size=-1):
        return self._inflater.readline(_size)


def decompress(_data, _wbits=0):
    return DecompIO(_io.BytesIO(_data), _wbits).read()
