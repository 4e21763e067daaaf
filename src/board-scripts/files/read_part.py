"""Prints a part of a file in base64, a line for each piece."""

import ubinascii as binascii
from parameters import PATH, PIECE_BYTES, PIECES, START

with open(PATH, "rb") as file:
    file.seek(START)
    buffer = bytearray(PIECE_BYTES)
    for _ in range(PIECES):
        size = file.readinto(buffer)
        print(binascii.b2a_base64(memoryview(buffer)[:size]).decode(), end="")
