"""Hashes of files on the board."""

import gc
import uhashlib as hashlib
import ubinascii as binascii


def short_hash(digest):
    """The first 48 bits in base64."""
    return binascii.b2a_base64(digest[:6])[:-1].decode()


def hash_files(*paths):
    """SHA-256 of the files one after the other, in pieces because they may exceed the memory."""
    digest = hashlib.sha256()
    buffer = bytearray(256)
    pieces = 0
    for path in paths:
        with open(path, "rb") as file:
            size = 1
            while size:
                if not pieces & 15:
                    print(end="\x06")  # progress
                pieces += 1
                size = file.readinto(buffer)
                digest.update(memoryview(buffer)[:size])
    return digest.digest()
