"""Prints SHA-256 of a file in base64."""

from hashes import binascii, hash_files
from parameters import PATH

print(binascii.b2a_base64(hash_files(PATH)).decode())
