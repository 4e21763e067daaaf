"""Prints a mark, by which the computer knows that the board is in step."""

from parameters import MARK

print(MARK)
