"""Receives files into the staging folder."""

from parameters import FILE_SIZES, SENT_BYTES, WINDOW_BITS
from receiver import receive

receive(SENT_BYTES, WINDOW_BITS, FILE_SIZES)
