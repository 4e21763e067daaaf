"""Restarts the board."""

from import_machine import machine

machine.reset()
