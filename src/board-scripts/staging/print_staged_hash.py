"""Prints SHA-256 of what the staged files hold, read back from the flash, in base64."""

from hashes import binascii, hash_files
from parameters import COUNT

print(binascii.b2a_base64(hash_files(*["portal.new/%d" % index for index in range(COUNT)])).decode())
