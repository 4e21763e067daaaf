"""Prints SHA-256 of a file in base64, and its size."""

from built_ins import os
from hashes import binascii, hash_files
from parameters import PATH

print(binascii.b2a_base64(hash_files(PATH)).decode(), os.stat(PATH)[6])
