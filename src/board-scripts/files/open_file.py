"""Begins a file that comes as literals in programs, for boards without binary input."""

from parameters import PATH

file = open(PATH, "wb")
