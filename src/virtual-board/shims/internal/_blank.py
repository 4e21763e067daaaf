"""Made into modules by _absent.py."""
