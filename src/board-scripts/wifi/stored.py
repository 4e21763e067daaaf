"""Answers with the names of the stored networks in hex, the last used one first. Removes one first, where
there is one to remove."""

from parameters import REMOVES, SSID
from portal_modules import answer, binascii, load

credentials = load("credentials")
if REMOVES:
    credentials.save(credentials.load(), SSID)
answer([binascii.hexlify(name).decode() for name, _ in credentials.load()])
