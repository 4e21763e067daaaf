"""Prints a mark, which shows the computer that the board is in step."""

from parameters import MARK

print(MARK)
