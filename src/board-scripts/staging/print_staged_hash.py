"""Prints SHA-256 of what the staged files hold, read back from the flash."""

from hashes import binascii, hash_files
from parameters import COUNT

print(binascii.hexlify(hash_files(*["portal.new/%d" % index for index in range(COUNT)])).decode())
