"""Receives files: binary, in checked blocks, as fast as the line carries them. See micropython/receiver.ts.

Pieces are acknowledged with 0x80 and the number of the next piece; 0xc0 requests a block again; 0xf0
reports an exception. After an error no block is taken before the bytes a5 5a c3 (a5 5a c4: give up).
"""

import uio as io
import micropython
from built_ins import sys
from hashes import hashlib
from import_machine import machine
from parameters import FILES, HAS_DEFLATE, HAS_TIMER, TIMER

_PIECE_BYTES = 63
_BLOCK_BYTES = 252
_CONTENT_BYTES = 249
_SILENCE_MS = 8000
# Input that must be available before the inflater is read for 64 bytes of output. It reads single bytes from
# a BytesIO, which is fast in C, and must not reach its end: 64 bytes of output need at most 2 bytes
# each (15 bits a code) and the code tables of a block (286 bytes, RFC 1951 section 3.2.7).
_OUTPUT_BYTES = 64
_ENOUGH_BYTES = 416

if HAS_TIMER:
    timer = machine.Timer(TIMER)


def write_files(output, content):
    """output: sizes of the files, number of the open one, its bytes still to come, the open file."""
    while len(content):
        while not output[2]:
            if output[3]:
                output[3].close()
            output[1] += 1
            output[2] = output[0][output[1]]
            output[3] = open(FILES % output[1], "wb")
        size = min(output[2], len(content))
        output[3].write(content[:size])
        output[2] -= size
        content = content[size:]


def wait_for_sync(read, buffer):
    last = 0
    while last != 0xA55AC3:
        read(buffer)
        last = (last << 8 | buffer[0]) & 0xFFFFFF
        if last == 0xA55AC4:
            raise OSError(125)


def receive_blocks(read, write, size, window_bits, output):
    block = bytearray(_BLOCK_BYTES)
    view = memoryview(block)
    inflated = bytearray(_OUTPUT_BYTES)
    number = pieces = held = 0
    if window_bits:
        stream = io.BytesIO()
        if HAS_DEFLATE:
            import deflate

            inflater = deflate.DeflateIO(stream, 1, window_bits)
        else:
            import uzlib

            inflater = uzlib.DecompIO(stream, -window_bits)
    write(b"\x80")
    while size:
        content = min(_CONTENT_BYTES, size)
        end = content + 3
        before = pieces
        if HAS_TIMER:
            timer.init(period=_SILENCE_MS, mode=0, callback=lambda _: machine.reset())
        for start in range(0, end, _PIECE_BYTES):
            read(view[start : min(start + _PIECE_BYTES, end)])
            pieces += 1
            if start + _PIECE_BYTES < end:
                write(bytes((128 | pieces & 63,)))
        digest = hashlib.sha256(view[: content + 1]).digest()[:2]
        if block[0] != number & 63 or digest != bytes(view[content + 1 : end]):
            pieces = before
            write(bytes((192 | number & 31,)))
            wait_for_sync(read, view[:1])
            continue
        write(bytes((128 | pieces & 63,)))
        number += 1
        size -= content
        if not window_bits:
            write_files(output, view[1 : content + 1])
            continue
        used = stream.seek(0, 1)
        rest = stream.read(held - used)
        stream.seek(0)
        stream.write(rest)
        stream.write(view[1 : content + 1])
        stream.seek(0)
        held += content - used
        while not size or held - stream.seek(0, 1) >= _ENOUGH_BYTES:
            rest = inflater.readinto(inflated)
            if not rest:
                break
            write_files(output, memoryview(inflated)[:rest])


def receive(size, window_bits, file_sizes):
    """Receives `size` bytes, inflates them (window_bits 0: they are plain), and writes files of these
    sizes."""
    read = sys.stdin.buffer.readinto
    output = [file_sizes, -1, 0, None]
    write = sys.stdout.buffer.write
    micropython.kbd_intr(-1)
    try:
        receive_blocks(read, write, size, window_bits, output)
    except Exception:
        write(b"\xf0")
        wait_for_sync(read, bytearray(1))
        raise
    finally:
        if HAS_TIMER:
            timer.deinit()
        micropython.kbd_intr(3)
        if output[3]:
            output[3].close()
