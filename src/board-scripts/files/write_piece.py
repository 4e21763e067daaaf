"""Writes a piece of the file that open_file.py began."""

from open_file import file
from parameters import PIECE

size = file.write(PIECE)
