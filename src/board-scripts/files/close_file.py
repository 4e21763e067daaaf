"""Ends the file that open_file.py began."""

from open_file import file

file.close()
